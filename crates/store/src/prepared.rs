//! Statements that are prepared once and kept.
//!
//! Preparing costs SQLite as much as running a small statement. Diesel keeps what it prepared, with
//! two exceptions that matter here (2.3.14): any `UPDATE`, because a changeset may leave columns
//! out, and on the joint backend any query with a `LIMIT`. So a look-up by a unique key ends in
//! `get_result`, not in `first`, and an update that is made for every entry is a [`Fixed`] one.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
};

/// A statement whose text is the same each time: it may be kept.
pub(crate) struct Fixed<T>(pub(crate) T);

impl<T> QueryId for Fixed<T> {
    type QueryId = ();

    /// Found again by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, B> QueryFragment<B> for Fixed<T>
where
    B: Backend,
    T: QueryFragment<B>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &B) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T, C> RunQueryDsl<C> for Fixed<T> {}
