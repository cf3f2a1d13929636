//! What people see: HTML pages and forms.
//!
//! Start at [`configure`] and [`page::routes`]; [`visit::Visit`] is what every handler takes,
//! [`view`] what every template gets, [`texts`] every word.
//!
//! # Invariants
//! - Everything works without JavaScript: real forms, POST → 303 → GET.
//! - GET changes nothing; whatever is sent passes [`around`] (origin, rate) and [`visit::Visit::sender`]
//!   (session, token).
//! - An action is one call of `engine`; rows are only read here.
//! - No template sees a row; no HTML but sanitised HTML reaches a page unescaped.
//! - What somebody typed comes back, whatever went wrong.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        reason = "a failing test may panic"
    )
)]

pub mod around;
pub mod asset;
pub mod cache;
pub mod calendar;
pub mod compress;
pub mod cookie;
pub mod failure;
pub mod form;
pub mod limit;
pub mod outside;
pub mod page;
pub mod state;
pub mod texts;
pub mod view;
pub mod visit;

use actix_web::{middleware, web};

pub use state::{Settings, State};

/// Adds all pages to a server. They answer every address that is left, so this comes last.
pub fn configure(state: State) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |cfg: &mut web::ServiceConfig| {
        cfg.service(
            web::scope("")
                .app_data(web::Data::new(state.clone()))
                .app_data(web::PayloadConfig::new(form::FORM_BYTES))
                .wrap(middleware::from_fn(around::around))
                .configure(page::routes)
                .default_service(web::to(page::nothing)),
        );
    }
}
