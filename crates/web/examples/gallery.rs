//! Writes every screen with sample data into a folder, to look at: `gallery FOLDER`.

use std::path::PathBuf;

use askama::Template;
use tequio_domain::{Locale, Timestamp};
use tequio_protocol::html;
use tequio_web::asset::{Assets, ICONS};
use tequio_web::texts::{Catalogue, Texts};
use tequio_web::view::form::{
    Choice, Compose, Confirm, ErrorPage, Field, ObjectForm, Problem, Reply, Select, Typed,
};
use tequio_web::view::list::{
    Byline, CityCard, CityChip, Empty, ObjectRow, Paging, PersonCard, Post, ThreadRow, When,
};
use tequio_web::view::topic::{
    Home, Letter, Moved, OtherLabel, Shelf, ShelfGroup, Tab, Term, TopicCard, TopicCities,
    TopicGlossary, TopicHead, TopicLibrary, TopicPeople, TopicThreads,
};
use tequio_web::view::{Frame, Link, Trusted, Who, account, initials, library, place, thread};

type Failure = Box<dyn std::error::Error>;

const CITIES: [&str; 10] = [
    "Ciudad de Guatemala",
    "La Habana",
    "Managua",
    "Ciudad de México",
    "Ciudad de Panamá",
    "San José",
    "San Juan",
    "San Salvador",
    "Santo Domingo",
    "Tegucigalpa",
];
const TOPICS: [(&str, &str); 7] = [
    (
        "Gobierno electrónico",
        "Trámites, datos y servicios en línea que le ahorran al vecino la vuelta a la ventanilla.",
    ),
    (
        "Mejoramiento de barrios",
        "Agua, accesos, títulos y espacio público en barrios que crecieron sin plan.",
    ),
    (
        "Saneamiento ambiental",
        "Recoger, transportar, aprovechar y disponer los desechos, y mantener limpias las calles y los drenajes a un costo que la ciudad pueda pagar.",
    ),
    (
        "Finanzas municipales",
        "Cobrar bien lo que toca, gastar en lo que importa y poder demostrarlo.",
    ),
    (
        "Transporte urbano",
        "Mover a la gente con seguridad y a tiempo, con lo que hay.",
    ),
    (
        "Renovación de centros históricos y alivio de la pobreza",
        "Conservar el patrimonio sin expulsar a quien vive en él.",
    ),
    (
        "Prevención y manejo de desastres",
        "Saber qué puede pasar, reducirlo antes y responder juntos cuando pasa.",
    ),
];

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    let assets = Assets::build();
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("tequio.css"), &assets.css)?;
    std::fs::write(folder.join("iconos.svg"), ICONS)?;
    let texts = Catalogue::load()?;
    for (locale, suffix) in [(Locale::Es, ""), (Locale::En, "-en")] {
        let sample = Sample {
            t: texts.of(locale).clone(),
        };
        for (name, page) in sample.pages()? {
            std::fs::write(
                folder.join(format!("{name}{suffix}.html")),
                page.replace("data-theme=\"auto\"", "data-theme=\"light\""),
            )?;
            std::fs::write(
                folder.join(format!("{name}{suffix}-dark.html")),
                page.replace("data-theme=\"auto\"", "data-theme=\"dark\""),
            )?;
        }
    }
    Ok(())
}

struct Sample {
    t: Texts,
}

fn city(index: usize) -> CityChip {
    CityChip {
        name: CITIES.get(index).copied().unwrap_or("Managua").to_owned(),
        href: "#".to_owned(),
        accent: u8::try_from(index).unwrap_or(0),
    }
}

fn card(index: usize, note: &str) -> CityCard {
    CityCard {
        mark: initials(&city(index).name),
        city: city(index),
        note: note.to_owned(),
    }
}

fn person(name: &str, at: usize, note: &str) -> PersonCard {
    PersonCard {
        name: name.to_owned(),
        initials: initials(name),
        href: "#".to_owned(),
        note: note.to_owned(),
        city: city(at),
    }
}

impl Sample {
    fn pages(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        Ok(vec![
            ("home", self.home().render()?),
            ("topic", self.topic().render()?),
            ("shelves", self.shelves().render()?),
            ("glossary", self.glossary().render()?),
            (
                "people",
                TopicPeople {
                    f: self.frame("Personas", true),
                    topic: self.head(3),
                    people: self.people(),
                    empty: Empty::default(),
                    paging: Paging::default(),
                }
                .render()?,
            ),
            (
                "topic-cities",
                TopicCities {
                    f: self.frame("Ciudades", false),
                    topic: self.head(4),
                    cities: (0..10).map(|i| card(i, "12 entradas")).collect(),
                }
                .render()?,
            ),
            ("thread", self.thread(true).render()?),
            ("thread-visitor", self.thread(false).render()?),
            ("compose", self.compose().render()?),
            ("library", self.library().render()?),
            ("knowledge", self.knowledge().render()?),
            ("object-form", self.object_form().render()?),
            ("person", self.person().render()?),
            ("city", self.city().render()?),
            (
                "cities",
                place::Cities {
                    f: self.frame("Ciudades", false),
                    cities: (0..10).map(|i| card(i, "País")).collect(),
                }
                .render()?,
            ),
            ("network", self.network().render()?),
            ("sign-in", self.sign_in().render()?),
            ("register", self.register().render()?),
            ("settings", self.settings().render()?),
            ("accounts", self.accounts().render()?),
            (
                "confirm",
                Confirm {
                    f: self.frame("¿Borrar?", true),
                    heading: "¿Borrar este texto?".to_owned(),
                    what: "Se borrará en todas las ciudades.".to_owned(),
                    body: Some(md("Gracias, *muy* útil.")),
                    action: "#".to_owned(),
                    submit: "Sí, borrar".to_owned(),
                    cancel_href: "#".to_owned(),
                }
                .render()?,
            ),
            (
                "error",
                ErrorPage {
                    f: self.frame("Error", false),
                    status: 403,
                    heading: "Su sesión terminó".to_owned(),
                    what: "Entre de nuevo. Lo que escribió está abajo.".to_owned(),
                    typed: vec![Typed {
                        label: "Texto".to_owned(),
                        value: "Lo que yo había escrito <b>".to_owned(),
                    }],
                    next: vec![Link {
                        current: true,
                        ..Link::new("/entrar", "Entrar")
                    }],
                }
                .render()?,
            ),
        ])
    }

    fn frame(&self, title: &str, signed_in: bool) -> Frame {
        let nav = |label: &str, current| Link {
            href: "#".to_owned(),
            label: label.to_owned(),
            current,
        };
        Frame {
            t: self.t.clone(),
            lang: self.t.locale().as_str(),
            theme: "auto",
            accent: 7,
            title: title.to_owned(),
            description: String::new(),
            city_name: "San Salvador".to_owned(),
            city_mark: "SS".to_owned(),
            network_name: "Ayuda Urbana".to_owned(),
            network_summary:
                "Diez capitales que se ayudan a resolver lo mismo, cada una desde su casa."
                    .to_owned(),
            css: "tequio.css".to_owned(),
            icons: "iconos.svg".to_owned(),
            path: "/".to_owned(),
            nav: vec![
                nav("Temas", true),
                nav("Biblioteca", false),
                nav("Ciudades", false),
                nav("Estado de la red", false),
            ],
            who: signed_in.then(|| Who {
                display_name: "Roberto Mejía".to_owned(),
                is_admin: true,
            }),
            sign_in: "/entrar".to_owned(),
            csrf: "00".to_owned(),
            notice: signed_in
                .then(|| "Publicado. Las demás ciudades lo recibirán en segundos.".to_owned()),
            alternate: None,
            unlisted: false,
        }
    }

    fn when(&self, text: &str) -> When {
        Timestamp::parse_rfc3339(text)
            .map(|at| When {
                iso: text.to_owned(),
                text: self.t.date(at),
            })
            .unwrap_or_default()
    }

    fn threads(&self, topic: bool) -> Vec<ThreadRow> {
        let row = |title: &str, q, answered, n: i64, author: &str, at| ThreadRow {
            href: "#".to_owned(),
            title: title.to_owned(),
            is_question: q,
            is_answered: answered,
            is_unanswered: q && n == 0,
            topic: topic.then(|| Link::new("#", "Saneamiento ambiental")),
            author: author.to_owned(),
            city: city(at),
            replies: self.t.replies(n),
            last: self.when("2026-03-05T14:05:00Z"),
        };
        vec![
            row(
                "¿Cómo le ponen precio a la recolección de basura en su ciudad?",
                true,
                true,
                7,
                "Ana Zelaya",
                9,
            ),
            row(
                "Estación de transferencia: ¿cuántos metros cuadrados por tonelada?",
                true,
                false,
                3,
                "Claudia Martínez",
                2,
            ),
            row(
                "Cuadrillas en laderas: qué equipo usan donde el camión no entra",
                false,
                false,
                5,
                "José Polanco",
                8,
            ),
            row(
                "¿Alguien tiene contrato modelo para compactadores?",
                true,
                false,
                0,
                "Viviana Mora",
                5,
            ),
            row(
                "Lluvias de octubre: así quedaron nuestros drenajes",
                false,
                false,
                12,
                "Wilmer López",
                2,
            ),
        ]
    }

    fn objects(&self) -> Vec<ObjectRow> {
        let row =
            |title: &str, kind: &str, summary: &str, author: &str, at, files, useful| ObjectRow {
                href: "#".to_owned(),
                title: title.to_owned(),
                summary: summary.to_owned(),
                kind: kind.to_owned(),
                topic: None,
                author: author.to_owned(),
                city: city(at),
                made: self.when("2026-03-14T15:20:00Z"),
                files: self.t.files(files),
                useful: self.t.found_useful(useful),
            };
        vec![
            row(
                "Cómo fijar la tarifa de recolección en seis pasos, con hoja de costos",
                "Proceso",
                "Método para pasar del costo por tonelada a una tarifa mensual por estrato que cubra el servicio.",
                "Roberto Mejía",
                7,
                1,
                12,
            ),
            row(
                "Managua adapta la tarifa por costo: franjas por cuadra y cobro en el barrio",
                "Caso",
                "Adaptación del método de San Salvador a una ciudad sin estratos confiables.",
                "Claudia Martínez",
                2,
                0,
                3,
            ),
            row(
                "Bitácora diaria de camión",
                "Herramienta",
                "",
                "José Polanco",
                8,
                2,
                0,
            ),
        ]
    }

    fn people(&self) -> Vec<PersonCard> {
        vec![
            person(
                "Roberto Mejía",
                7,
                "Gerente de Desechos Sólidos · San Salvador",
            ),
            person("Ana Zelaya", 9, "Jefa de Servicios Públicos · Tegucigalpa"),
            person("Claudia Martínez", 2, "Jefa de Saneamiento · Managua"),
            person(
                "José Polanco",
                8,
                "Encargado de Aseo Urbano · Santo Domingo",
            ),
        ]
    }

    fn home(&self) -> Home {
        let topics = TOPICS
            .iter()
            .enumerate()
            .map(|(i, (name, summary))| TopicCard {
                href: "#".to_owned(),
                name: (*name).to_owned(),
                summary: (*summary).to_owned(),
                is_followed: i == 0,
                moved: vec![
                    Moved {
                        icon: "question",
                        href: "#".to_owned(),
                        title: "¿Cómo le ponen precio a la recolección de basura en su ciudad?"
                            .to_owned(),
                        city: city(9 - i),
                        when: self.when("2026-03-05T14:05:00Z"),
                    },
                    Moved {
                        icon: "book",
                        href: "#".to_owned(),
                        title: "Bitácora diaria de camión".to_owned(),
                        city: city(i),
                        when: self.when("2026-03-04T14:05:00Z"),
                    },
                ],
                threads: self.t.threads(10),
                objects: self.t.objects(10),
            })
            .collect();
        Home { f: self.frame("Inicio", true), headline: "Diez ciudades que aprenden unas de otras".to_owned(), intro: "Pregunte, responda y lleve a su ciudad lo que a otra le funcionó. Todo lo compartido queda en la biblioteca pública, copiado en cada ciudad: 70 fichas y 70 conversaciones hasta hoy.".to_owned(), topics, unanswered: self.threads(true), no_unanswered: Empty::default(), for_deciders: self.objects(), for_practitioners: self.objects(), no_objects: Empty::default(), cities: (0..10).map(|i| card(i, "Al día")).collect() }
    }

    fn head(&self, tab: usize) -> TopicHead {
        let tabs = [
            "Conversaciones",
            "Biblioteca",
            "Glosario",
            "Personas",
            "Ciudades",
        ]
        .iter()
        .enumerate()
        .map(|(i, label)| Tab {
            href: "#".to_owned(),
            label: (*label).to_owned(),
            count: "10".to_owned(),
            current: i == tab,
        })
        .collect();
        TopicHead { name: "Saneamiento ambiental".to_owned(), summary: "Recoger, transportar, aprovechar y disponer los desechos, y mantener limpias las calles y los drenajes a un costo que la ciudad pueda pagar.".to_owned(), deciders: md("El saneamiento es el servicio que el vecino **juzga** todas las semanas.\n\n- Tarifa\n- Cobertura"), practitioners: md("Aquí se reúne lo que sirve para operar el servicio el lunes por la mañana."), handle: "@saneamiento@san-salvador.example".to_owned(), ask_href: "#".to_owned(), add_href: "#".to_owned(), can_follow: true, is_followed: tab == 0, follow_action: "#".to_owned(), tabs }
    }

    fn topic(&self) -> TopicThreads {
        let filters = ["Todas", "Consultas", "Conversaciones", "Sin respuesta"]
            .iter()
            .enumerate()
            .map(|(i, label)| Link {
                href: "#".to_owned(),
                label: (*label).to_owned(),
                current: i == 0,
            })
            .collect();
        TopicThreads {
            f: self.frame("Saneamiento ambiental", true),
            topic: self.head(0),
            filters,
            threads: self.threads(false),
            empty: Empty::default(),
            paging: Paging::new(2, 9, String::new(), |n| format!("?pagina={n}")),
        }
    }

    fn shelves(&self) -> TopicLibrary {
        let group = |name: &str, objects| ShelfGroup {
            name: name.to_owned(),
            objects,
        };
        TopicLibrary {
            f: self.frame("Biblioteca", false),
            topic: self.head(1),
            shelves: vec![
                Shelf {
                    id: "decisores",
                    name: "Para quien decide".to_owned(),
                    groups: vec![
                        group("Qué es", self.objects()),
                        group("Por qué importa", vec![]),
                    ],
                },
                Shelf {
                    id: "practicantes",
                    name: "Para quien lo hace".to_owned(),
                    groups: vec![group("Proceso", self.objects())],
                },
            ],
        }
    }

    fn glossary(&self) -> TopicGlossary {
        let term = |name: &str| {
            Term { slug: "x".to_owned(), name: name.to_owned(), english: "waste collection".to_owned(), definition: "Servicio que retira los desechos de las viviendas, en la puerta o en un punto cercano, con días y horas fijos.".to_owned(), also: vec![OtherLabel { label: "tren de aseo".to_owned(), cities: "San Salvador, Tegucigalpa".to_owned() }, OtherLabel { label: "recogida".to_owned(), cities: "La Habana".to_owned() }] }
        };
        TopicGlossary {
            f: self.frame("Glosario", false),
            topic: self.head(2),
            letters: vec![
                Letter {
                    name: "D".to_owned(),
                    terms: vec![
                        term("desechos sólidos"),
                        term("disposición final"),
                        term("drenaje"),
                    ],
                },
                Letter {
                    name: "Ñ".to_owned(),
                    terms: vec![term("ñandutí")],
                },
            ],
            empty: Empty::default(),
        }
    }

    fn post(&self, name: &str, at: usize, body: &str, mine: bool) -> Post {
        Post {
            anchor: "abc".to_owned(),
            permalink: "#c-abc".to_owned(),
            author: Byline {
                name: name.to_owned(),
                initials: initials(name),
                href: "#".to_owned(),
                post: "Jefa de Servicios Públicos".to_owned(),
                city: city(at),
            },
            made: self.when("2026-03-02T14:05:00Z"),
            edited: None,
            body: md(body),
            is_opening: false,
            is_accepted: false,
            is_reply: false,
            is_deleted: false,
            replies_to: None,
            useful: self.t.useful(i64::from(mine) * 3),
            can_vote: true,
            is_voted: mine,
            vote_action: "#".to_owned(),
            reply_href: Some("#".to_owned()),
            accept_action: None,
            edit_href: mine.then(|| "#".to_owned()),
            delete_href: mine.then(|| "#".to_owned()),
            origin_href: (!mine).then(|| "#".to_owned()),
        }
    }

    fn reply(&self, may: bool) -> Reply {
        Reply {
            heading: "Escribir una respuesta".to_owned(),
            action: may.then(|| "#".to_owned()),
            parent: "abc".to_owned(),
            to: None,
            body: Field::new("body", ""),
            preview: None,
            problems: vec![],
        }
    }

    fn thread(&self, may: bool) -> thread::Thread {
        let opening = Post { is_opening: true, ..self.post("Ana Zelaya", 9, "Buenos días desde Tegucigalpa. El concejo me pidió una propuesta de tarifa para el próximo año y, siendo honesta, la actual nadie sabe de dónde salió.\n\n¿Cómo llegan ustedes al precio? ¿Cobran por estrato, por metro de frente, por consumo de luz?", false) };
        let accepted = Post { is_accepted: true, ..self.post("Roberto Mejía", 7, "Hola, Ana. En San Salvador lo hacemos en este orden:\n\n1. Costo de **todo** el mes: sueldos con cargas, combustible, llantas.\n2. Se divide entre toneladas pesadas.\n3. Se aparta lo que sacan los comercios.\n\n| Estrato | Hogares | Tarifa |\n|---|---:|---:|\n| Bajo | 24 000 | 2.35 |\n| Alto | 5 000 | 9.35 |\n\nAl concejo llevamos tres escenarios.", may) };
        let inner = Post { is_reply: true, replies_to: Some(Link::new("#", "En respuesta a Roberto Mejía")), ..self.post("Ana Zelaya", 9, "Don Roberto, esto es justo lo que necesitaba. ¿El desgaste lo cuentan aunque los camiones sean donados?", false) };
        let gone = Post {
            is_deleted: true,
            ..self.post("X Y", 1, "", false)
        };
        thread::Thread {
            f: self.frame("¿Cómo le ponen precio?", may),
            topic: Link::new("#", "Saneamiento ambiental"),
            kind: "Consulta".to_owned(),
            title: "¿Cómo le ponen precio a la recolección de basura en su ciudad?".to_owned(),
            is_answered: true,
            is_unanswered: false,
            replies: self.t.replies(7),
            answer_href: Some("#c-abc".to_owned()),
            opening: Some(opening),
            comments_heading: "Respuestas".to_owned(),
            posts: vec![
                accepted,
                inner,
                gone,
                self.post(
                    "Viviana Mora",
                    5,
                    "En San José cobramos por metro de frente y no lo recomiendo.",
                    false,
                ),
            ],
            empty: Empty::default(),
            paging: Paging::new(1, 2, "Página 1 de 2".to_owned(), |n| {
                format!("?pagina={n}")
            }),
            reply: self.reply(may),
            facts: vec![library::Fact {
                name: "Abierta".to_owned(),
                value: "2 de marzo de 2026".to_owned(),
                href: String::new(),
            }],
            cities: vec![city(9), city(7), city(5)],
            ask_href: "#".to_owned(),
        }
    }

    fn problems(&self) -> Vec<Problem> {
        vec![Problem {
            field: "title",
            text: "Título: escriba algo.".to_owned(),
        }]
    }

    fn compose(&self) -> Compose {
        Compose {
            f: self.frame("Nueva", true),
            topic: Link::new("#", "Saneamiento ambiental"),
            heading: "Nueva consulta o conversación".to_owned(),
            problems: self.problems(),
            preview: Some(md("Hola **a todos**")),
            action: "#".to_owned(),
            asks_kind: true,
            is_question: true,
            asks_title: true,
            title: Field::new("title", "").with(&self.problems()),
            body: Field::new("body", "Hola **a todos**"),
            publish: "Publicar".to_owned(),
            cancel_href: "#".to_owned(),
            note: "Al publicar, su texto se copia a todas las ciudades de la red y es público."
                .to_owned(),
        }
    }

    fn selects(&self) -> Vec<Select> {
        let select = |name, label: &str, value: &str| Select {
            name,
            label: label.to_owned(),
            options: vec![Choice {
                value: String::new(),
                label: value.to_owned(),
                selected: true,
            }],
        };
        vec![
            select("tema", "Tema", "Todos"),
            select("tipo", "Tipo", "Todos"),
            select("audiencia", "Para quién", "Para quien decide"),
        ]
    }

    fn library(&self) -> library::Library {
        library::Library {
            f: self.frame("Biblioteca", false),
            selects: self.selects(),
            found: "12 fichas".to_owned(),
            is_filtered: true,
            objects: self.objects(),
            empty: Empty::default(),
            paging: Paging::default(),
        }
    }

    fn knowledge(&self) -> library::Knowledge {
        let fact = |name: &str, value: &str| library::Fact {
            name: name.to_owned(),
            value: value.to_owned(),
            href: String::new(),
        };
        library::Knowledge {
            f: self.frame("Cómo fijar la tarifa", true), topic: Link::new("#", "Saneamiento ambiental"), kind: "Proceso".to_owned(), title: "Cómo fijar la tarifa de recolección en seis pasos, con hoja de costos".to_owned(), old_version: Some(Link::new("#", "Está leyendo la versión 1, que ya fue reemplazada.")),
            summary: "Método para pasar del costo por tonelada a una tarifa mensual por estrato que cubra el servicio.".to_owned(),
            files: vec![library::Download { href: "#".to_owned(), name: "hoja-de-costos-recoleccion.xlsx".to_owned(), note: "XLSX · 38 kB".to_owned() }],
            body: md("Este proceso creció a partir de una pregunta.\n\n## Los seis pasos\n\n1. **Pesar.** Dos semanas completas de boletas.\n2. **Sumar todo el costo del mes.**\n\n| Estrato | Hogares | Factor | Tarifa al mes (US$) |\n|---|---:|---:|---:|\n| Bajo | 24 000 | 0.55 | 2.35 |\n| Alto | 5 000 | 2.20 | 9.35 |\n\n## Tropiezos frecuentes\n\n- Calcular con el 100 % de cobro.\n\n> Sin peso no hay tarifa.\n\n*Cifras ficticias, solo como ejemplo.*"),
            useful: self.t.useful(12), can_vote: true, is_voted: false, vote_action: "#".to_owned(), adapt_href: Some("#".to_owned()), edit_href: Some("#".to_owned()), delete_href: Some("#".to_owned()), origin: None, adaptations: self.objects().into_iter().skip(1).take(1).collect(),
            citation: "Roberto Mejía (2026). Cómo fijar la tarifa de recolección en seis pasos, con hoja de costos. Versión 2. San Salvador: Ayuda Urbana. https://san-salvador.example/biblioteca/3Fh".to_owned(),
            comments_heading: "1 comentario".to_owned(), posts: vec![self.post("Viviana Mora", 5, "La usamos tal cual.", false)], paging: Paging::default(), reply: self.reply(true),
            facts: vec![fact("Tipo", "Proceso"), fact("Para quién", "Para ambos"), fact("Ciudad", "San Salvador"), fact("Publicada", "14 de marzo de 2026"), fact("Licencia", "CC BY 4.0: reconocer la autoría"), fact("Versión", "2"), fact("Adaptaciones", "1")],
            author: person("Roberto Mejía", 7, "Gerente de Desechos Sólidos · San Salvador"), versions: vec![library::Version { href: "#".to_owned(), label: "Versión 2".to_owned(), made: self.when("2026-03-14T15:20:00Z"), current: true }], origin_href: Some("#".to_owned()),
        }
    }

    fn object_form(&self) -> ObjectForm {
        ObjectForm {
            f: self.frame("Nueva ficha", true),
            topic: Link::new("#", "Saneamiento ambiental"),
            heading: "Nueva ficha para la biblioteca".to_owned(),
            origin: None,
            adapts: String::new(),
            problems: vec![],
            preview: None,
            action: "#".to_owned(),
            title: Field::new("title", ""),
            body: Field::new("body", ""),
            asks_file: true,
            file: Field::new("file", ""),
            files_hint: "Hasta 10 archivos de 25 MB.".to_owned(),
            kept_files: vec![Choice {
                value: "x".to_owned(),
                label: "hoja.xlsx".to_owned(),
                selected: true,
            }],
            summary: Field::new("abstract", ""),
            selects: self.selects(),
            publish: "Publicar la ficha".to_owned(),
            cancel_href: "#".to_owned(),
        }
    }

    fn person(&self) -> place::Person {
        place::Person {
            f: self.frame("Ana Zelaya", false),
            name: "Ana Zelaya".to_owned(),
            initials: "AZ".to_owned(),
            post: "Jefa de Servicios Públicos".to_owned(),
            city: city(9),
            handle: "@azelaya@tegucigalpa.example".to_owned(),
            about: String::new(),
            objects: vec![],
            threads: self.threads(true),
            origin_href: Some("#".to_owned()),
        }
    }

    fn city(&self) -> place::City {
        place::City {
            f: self.frame("Managua", false),
            card: card(2, ""),
            country: "Nicaragua".to_owned(),
            summary: "Coordina saneamiento y comparte su experiencia en drenaje.".to_owned(),
            state: "Al día".to_owned(),
            state_class: "badge-ok",
            site_href: Some("#".to_owned()),
            people: self.people(),
            objects: self.objects(),
            threads: self.threads(true),
        }
    }

    fn network(&self) -> place::Network {
        let row = |i: usize, state: &str, class, icon, n: &str| place::PeerRow {
            city: city(i),
            state: state.to_owned(),
            state_class: class,
            icon,
            heard: self.when("2026-03-14T15:20:00Z"),
            sent: self.when("2026-03-14T15:20:00Z"),
            to_send: n.to_owned(),
            to_get: "0".to_owned(),
        };
        place::Network {
            f: self.frame("Estado de la red", false),
            verdict: "Dos ciudades están atrasadas o fuera de alcance.".to_owned(),
            rows: vec![
                row(0, "Al día", "badge-ok", "check", "0"),
                row(1, "Atrasada", "badge-notice", "clock", "14"),
                row(2, "Fuera de alcance", "badge-error", "cut", "120"),
            ],
            logs: vec![place::LogRow {
                topic: Link::new("#", "Saneamiento ambiental"),
                held: "1234".to_owned(),
                missing: "0".to_owned(),
            }],
        }
    }

    fn sign_in(&self) -> account::SignIn {
        account::SignIn {
            f: self.frame("Entrar", false),
            intro: "Con su cuenta de San Salvador.".to_owned(),
            problems: vec![Problem {
                field: "",
                text: "El nombre de usuario o la contraseña no son correctos.".to_owned(),
            }],
            name: "rmejia".to_owned(),
            back: "/".to_owned(),
        }
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::new("name", "")
                .labelled(
                    "Nombre de usuario".to_owned(),
                    "Letras minúsculas.".to_owned(),
                )
                .required(),
            Field::new("password", "")
                .labelled(
                    "Contraseña".to_owned(),
                    "Al menos 12 caracteres.".to_owned(),
                )
                .secret("new-password")
                .required(),
        ]
    }

    fn register(&self) -> account::Register {
        account::Register {
            f: self.frame("Primer arranque", false),
            heading: "Primer arranque".to_owned(),
            intro: "Cree la cuenta de quien administra San Salvador.".to_owned(),
            is_done: false,
            problems: vec![],
            action: "/instalar",
            token: Some(Field::new("token", "")),
            fields: self.fields(),
            submit: "Crear".to_owned(),
        }
    }

    fn settings(&self) -> account::Settings {
        account::Settings {
            f: self.frame("Mis ajustes", true),
            handle: "@rmejia@san-salvador.example".to_owned(),
            profile_href: "#".to_owned(),
            problems: vec![],
            profile: self.fields(),
            languages: vec![],
            password: self.fields(),
            sessions: vec![account::SessionRow {
                id: "x".to_owned(),
                label: "Abierta el 2 de marzo de 2026; última actividad el 5 de marzo de 2026"
                    .to_owned(),
                is_this: true,
            }],
        }
    }

    fn accounts(&self) -> account::Accounts {
        let row = |name: &str| account::AccountRow {
            name: name.to_owned(),
            display_name: "Roberto Mejía".to_owned(),
            role: "Miembro".to_owned(),
            state: "Activa".to_owned(),
            made: self.when("2026-03-14T15:20:00Z"),
        };
        account::Accounts {
            f: self.frame("Cuentas", true),
            pending: vec![row("nueva")],
            problems: vec![],
            fields: self.fields(),
            accounts: vec![row("rmejia")],
        }
    }
}

fn md(text: &str) -> Trusted {
    Trusted::from(html::markdown(text))
}
