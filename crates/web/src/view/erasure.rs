//! What an administrator erased, and who has confirmed it.

use askama::Template;
use i18n_embed_fl::fl;

use super::form::{Field, Problem};
use super::list::{Empty, When};
use super::topic::Tab;
use super::{Frame, Link};

/// One erased post.
#[derive(Debug, Clone)]
pub struct ErasureCard {
    /// What is left of it.
    pub post: Link,
    /// Why.
    pub reason: String,
    /// `Por ana`.
    pub by: String,
    /// When.
    pub made: When,
    /// Whether all cities have confirmed.
    pub is_everywhere: bool,
    /// `Confirmado por 3 de 9 ciudades`.
    pub confirmed: String,
    /// Names of those that have; may be empty.
    pub done: String,
    /// Names of those that have not yet; may be empty.
    pub open: String,
}

/// `/admin/supresiones`.
#[derive(Debug, Template)]
#[template(path = "erasures.html")]
pub struct Erasures {
    /// Around it.
    pub f: Frame,
    /// Parts of the administration.
    pub tabs: Vec<Tab>,
    /// Which post, and why.
    pub fields: Vec<Field>,
    /// The box that says that it is meant.
    pub sure: Field,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Newest first.
    pub erasures: Vec<ErasureCard>,
    /// What is said when there are none.
    pub empty: Empty,
}
