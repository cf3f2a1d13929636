//! Knowledge objects, their files and adaptations.

use tequio_domain::{Audience, Invalid, KnowledgeKind, License, Oid};
use tequio_engine::{
    Error,
    knowledge::{self, NewKnowledge},
    upload,
};
use tequio_store::{Conn, file_wanted, object::detail, on_both_databases};

use crate::{
    history::{add_tool, upload},
    world::{City, WATER, World},
};

fn detail_of(city: &City, oid: Oid) -> (detail::Knowledge, Vec<detail::Attachment>) {
    let id = city.object(oid).id;
    let read = move |conn: &mut Conn| {
        let knowledge = detail::knowledge(conn, id)?.unwrap();
        Ok::<_, tequio_store::Error>((knowledge, detail::attachments(conn, id)?))
    };
    city.engine.store().read_blocking(read).unwrap()
}

fn wanted(city: &City) -> Vec<file_wanted::FileWanted> {
    city.engine
        .store()
        .read_blocking(|conn| file_wanted::due(conn, 0, 10))
        .unwrap()
}

on_both_databases! {
    async fn a_file_is_wanted_where_it_is_not_held(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let dani = quito.member("dani").await;
        let table = upload(quito).await;
        let digest = table.digest().to_hex();
        let tool = add_tool(quito, &dani, "Tabla de costos", vec![table], None).await;
        world.exchange().await;
        world.assert_agreed().await;

        for city in &world.cities {
            let (knowledge, files) = detail_of(city, tool);
            assert_eq!(knowledge.kind, KnowledgeKind::Tool.as_str());
            assert_eq!(knowledge.audience, KnowledgeKind::Tool.usual_audience().as_str());
            assert_eq!(knowledge.summary, "Para calcular.");
            assert_eq!((files.len(), files[0].name.as_str()), (1, "costos.csv"));
            assert_eq!((files[0].digest.as_str(), files[0].size_bytes), (digest.as_str(), 22));
        }
        assert_eq!(wanted(quito), []);
        let asked = wanted(oaxaca);
        assert_eq!((asked.len(), asked[0].origin.as_str()), (1, "quito"));
        assert_eq!((asked[0].digest.as_str(), asked[0].size_bytes), (digest.as_str(), 22));
    }

    async fn an_adaptation_names_its_origin(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (ana, dani) = (oaxaca.member("ana").await, quito.member("dani").await);
        let tool = add_tool(quito, &dani, "Tabla de costos", Vec::new(), None).await;
        world.exchange().await;
        let ours = add_tool(oaxaca, &ana, "Tabla para Oaxaca", Vec::new(), Some(tool)).await;
        world.exchange().await;
        world.assert_agreed().await;
        let (adapted, _) = detail_of(quito, ours);
        assert_eq!(adapted.adaptation_of, Some(quito.object(tool).uri));

        let question = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        for origin in [question, oaxaca.moment().object_oid("https://nadie.example")] {
            let new = NewKnowledge {
                topic: WATER.to_owned(),
                kind: KnowledgeKind::Lesson,
                audience: Some(Audience::Both),
                license: License::Cc0,
                title: "De la nada".to_owned(),
                summary: String::new(),
                body: "Texto.".to_owned(),
                files: Vec::new(),
                adaptation_of: Some(origin),
            };
            let refused = knowledge::add(&oaxaca.engine, &ana, oaxaca.moment(), new).await;
            let expected = Invalid::new("adaptation_of", "unknown");
            assert!(matches!(refused, Err(Error::Invalid(invalid)) if invalid == expected));
        }
    }

    async fn every_edit_of_an_object_is_a_version(store) {
        let world = World::new(store, 2);
        let quito = &world.cities[1];
        let dani = quito.member("dani").await;
        let table = upload(quito).await;
        let tool = add_tool(quito, &dani, "Tabla de costos", vec![table], None).await;
        quito.edit(&dani, tool, "Tabla de costos", "").await;
        quito.edit(&dani, tool, "Tabla de costos", "").await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            assert_eq!(city.object(tool).version, 3);
            assert_eq!(detail_of(city, tool).1.len(), 1);
        }
    }

    async fn a_deleted_object_keeps_no_words(store) {
        let world = World::new(store, 2);
        let quito = &world.cities[1];
        let dani = quito.member("dani").await;
        let tool = add_tool(quito, &dani, "Tabla de costos", Vec::new(), None).await;
        world.exchange().await;
        quito.delete(&dani, tool).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            assert_eq!(detail_of(city, tool).0.summary, "");
            let texts = format!("{:?}", city.view());
            assert!(!texts.contains("calcular") && !texts.contains("tabla"), "{texts}");
        }
    }

    async fn a_file_that_is_not_what_its_name_says_is_refused(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let before = city.everything();
        for (name, bytes) in [("a.pdf", "<html>"), ("a.svg", "<svg/>"), ("a.csv", "")] {
            let chunk = bytes::Bytes::from_static(bytes.as_bytes());
            let stream = futures::stream::iter([Ok::<_, std::io::Error>(chunk)]);
            let refused = upload::put(&city.engine, city.moment(), name, stream).await;
            let expected = Invalid::new("file", "file-type");
            assert!(matches!(refused, Err(Error::Invalid(invalid)) if invalid == expected));
        }
        assert_eq!(city.everything(), before);
    }
}
