//! The pages, one file for each kind of thing, and their addresses.
//!
//! Start at [`routes`]. A handler reads rows, makes the view's finished text, and hands it to
//! [`crate::visit::Visit::show`] or [`crate::visit::Visit::fresh`]; an action calls one function of
//! `engine` and answers 303.

use actix_web::guard;
use actix_web::{Handler, HttpResponse, Responder, Route, web};
use futures::Future;

use crate::failure::Failure;

pub mod account;
pub mod act;
pub mod add;
pub mod admin;
pub mod asset;
mod ban;
pub mod comments;
pub mod compose;
pub mod edit;
pub mod erasure;
pub mod file;
pub mod follow;
mod hide;
pub mod home;
pub mod knowledge;
pub mod library;
pub mod message;
pub mod moderate;
pub mod network;
pub mod outside;
pub mod part;
pub mod place;
pub mod report;
mod reset;
pub mod settings;
pub mod thread;
pub mod topic;
pub mod turns;

/// GET and HEAD.
fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
    F::Future: Future<Output = F::Output> + 'static,
{
    web::route()
        .guard(guard::Any(guard::Get()).or(guard::Head()))
        .to(handler)
}

/// Every address of `interface.md` that exists so far.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/", get(home::show))
        .route("/red", get(network::show))
        .route("/traspasos", get(turns::show))
        .route("/traspasos.ics", get(turns::calendar))
        .route("/robots.txt", get(asset::robots))
        .route("/favicon.svg", get(asset::favicon))
        .route("/estatico/{hash}/{name}", get(asset::file))
        .route("/archivos/{digest}/{name}", get(file::show))
        .service(web::resource("/preferencias").route(web::post().to(act::preferences)));
    topics(cfg);
    posts(cfg);
    places(cfg);
    accounts(cfg);
    outside(cfg);
}

fn topics(cfg: &mut web::ServiceConfig) {
    curation(cfg);
    cfg.route("/temas/{topic}", get(topic::threads))
        .route("/temas/{topic}/biblioteca", get(topic::library))
        .route("/temas/{topic}/glosario", get(topic::glossary::show))
        .route("/temas/{topic}/personas", get(topic::people))
        .route("/temas/{topic}/ciudades", get(topic::cities))
        .route("/temas/{topic}/acta", get(topic::acta::show))
        .route("/temas/{topic}/traspasos.ics", get(turns::topic_calendar))
        .route(
            "/temas/{topic}/acta/relevo",
            get(topic::acta::takeover::show),
        )
        .route(
            "/temas/{topic}/acta/turno/{number}",
            get(topic::acta::term::show),
        )
        .service(
            web::resource("/temas/{topic}/acta/hacer")
                .route(web::post().to(topic::acta::act::send)),
        )
        .service(
            web::resource("/temas/{topic}/acta/{form}")
                .route(get(topic::acta::form::show))
                .route(web::post().to(topic::acta::form::send)),
        )
        .service(
            web::resource("/temas/{topic}/nueva")
                .route(get(compose::form))
                .route(web::post().to(compose::send)),
        )
        .service(
            web::resource("/temas/{topic}/nueva-ficha")
                .route(get(add::form))
                .route(web::post().to(add::send)),
        )
        .service(web::resource("/temas/{topic}/seguir").route(web::post().to(act::follow)));
}

/// What a topic's coordination rules, and where it does.
fn curation(cfg: &mut web::ServiceConfig) {
    cfg.route("/temas/{topic}/acta/vigente", get(topic::acta::force::show))
        .service(
            web::resource("/temas/{topic}/pagina")
                .route(get(topic::curation::page))
                .route(web::post().to(topic::curation::send_page)),
        )
        .route(
            "/temas/{topic}/colecciones/{collection}",
            get(topic::collection::show),
        )
        .service(
            web::resource("/temas/{topic}/colecciones/{collection}/editar")
                .route(get(topic::collection::edit))
                .route(web::post().to(topic::collection::send_edit)),
        )
        .service(
            web::resource("/temas/{topic}/nueva-coleccion")
                .route(get(topic::collection::form))
                .route(web::post().to(topic::collection::send_new)),
        )
        .service(
            web::resource("/temas/{topic}/prioridades")
                .route(get(topic::curation::priorities))
                .route(web::post().to(topic::curation::send_priorities)),
        )
        .service(
            web::resource("/temas/{topic}/suspension")
                .route(get(ban::form))
                .route(web::post().to(ban::send)),
        );
}

fn posts(cfg: &mut web::ServiceConfig) {
    cfg.route("/biblioteca", get(library::show))
        .route("/biblioteca/{oid}", get(knowledge::show))
        .route("/biblioteca/{oid}/v/{version}", get(knowledge::version))
        .route("/conversaciones/{oid}", get(thread::show))
        .route("/comentarios/{oid}", get(comments::find))
        .service(
            web::resource("/conversaciones/{oid}/aceptar/{comment}")
                .route(web::post().to(act::accept)),
        )
        .service(
            web::resource("/moderar/{oid}")
                .route(get(moderate::form))
                .route(web::post().to(moderate::send)),
        )
        .service(
            web::resource("/ocultar/{oid}")
                .route(get(hide::form))
                .route(web::post().to(hide::send)),
        )
        .service(web::resource("/util/{oid}").route(web::post().to(act::vote)));
    for part in ["conversaciones", "biblioteca"] {
        cfg.service(
            web::resource(format!("/{part}/{{oid}}/responder"))
                .route(web::post().to(comments::send)),
        );
    }
    for part in ["conversaciones", "biblioteca", "comentarios"] {
        cfg.service(
            web::resource(format!("/{part}/{{oid}}/editar"))
                .route(get(edit::form))
                .route(web::post().to(edit::send)),
        )
        .service(
            web::resource(format!("/{part}/{{oid}}/borrar"))
                .route(get(edit::ask_delete))
                .route(web::post().to(edit::delete)),
        );
    }
}

fn places(cfg: &mut web::ServiceConfig) {
    cfg.route("/ciudades", get(place::cities))
        .route("/ciudades/{city}", get(place::city))
        .route("/personas/{name}", get(place::person));
}

fn accounts(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/entrar")
            .route(get(account::sign_in_form))
            .route(web::post().to(account::sign_in)),
    )
    .service(web::resource("/salir").route(web::post().to(account::sign_out)))
    .service(
        web::resource("/cuenta/nueva")
            .route(get(account::register_form))
            .route(web::post().to(account::register)),
    )
    .service(
        web::resource("/cuenta/clave/{name}")
            .route(get(reset::show))
            .route(web::post().to(reset::send)),
    )
    .service(
        web::resource("/instalar")
            .route(get(account::install_form))
            .route(web::post().to(account::install)),
    )
    .route("/ajustes", get(settings::show))
    .service(web::resource("/ajustes/perfil").route(web::post().to(settings::profile)))
    .service(web::resource("/ajustes/clave").route(web::post().to(settings::password)))
    .service(web::resource("/ajustes/sesiones").route(web::post().to(settings::end_session)))
    .service(
        web::resource("/admin/cuentas")
            .route(get(admin::show))
            .route(web::post().to(admin::create)),
    )
    .service(web::resource("/admin/cuentas/{name}").route(web::post().to(admin::decide)))
    .service(
        web::resource("/admin/cuentas/{name}/temas")
            .route(get(admin::topics::show))
            .route(web::post().to(admin::topics::send)),
    )
    .route("/admin/ocultos", get(hide::list))
    .route("/invitacion", get(admin::siblings::invitation))
    .service(
        web::resource("/admin/ciudades")
            .route(get(admin::siblings::show))
            .route(web::post().to(admin::siblings::send)),
    )
    .service(
        web::resource("/admin/ciudades/{city}/dejar")
            .route(get(admin::siblings::ask_end))
            .route(web::post().to(admin::siblings::end)),
    )
    .service(
        web::resource("/admin/supresiones")
            .route(get(erasure::show))
            .route(web::post().to(erasure::create)),
    );
}

fn outside(cfg: &mut web::ServiceConfig) {
    cfg.route("/fuera", get(outside::show))
        .service(web::resource("/fuera/buscar").route(web::post().to(outside::search::send)))
        .service(web::resource("/fuera/seguir").route(web::post().to(outside::search::follow)))
        .service(web::resource("/fuera/dejar").route(web::post().to(outside::search::unfollow)))
        .service(
            web::resource("/fuera/tema/seguir").route(web::post().to(outside::for_topic::follow)),
        )
        .service(
            web::resource("/fuera/tema/dejar").route(web::post().to(outside::for_topic::unfollow)),
        )
        .service(web::resource("/fuera/{id}/util").route(web::post().to(outside::vote)))
        .route("/fuera/{id}", get(outside::item))
        .route("/mensajes", get(message::show))
        .service(web::resource("/mensajes/{id}/borrar").route(web::post().to(message::delete)))
        .route("/admin/reportes", get(report::show))
        .service(web::resource("/admin/reportes/{id}/cerrar").route(web::post().to(report::close)));
}

/// Every address that is none of ours.
///
/// # Errors
/// Always [`Failure::NotFound`].
pub async fn nothing() -> Result<HttpResponse, Failure> {
    std::future::ready(Err(Failure::NotFound)).await
}
