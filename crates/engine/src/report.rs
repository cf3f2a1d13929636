//! Reports from outside about what stands here: administrators close them.

use tequio_store::outside::report;

use crate::{Engine, Error, Member, Moment};

/// An administrator has dealt with a report; again changes nothing.
///
/// # Errors
/// [`Error::Forbidden`] for members; [`Error::NotFound`] when there is no such report.
pub async fn close(engine: &Engine, admin: &Member, moment: Moment, id: i64) -> Result<(), Error> {
    admin.require_admin()?;
    let now = moment.now().micros();
    engine
        .store()
        .write(move |tx| {
            let held = report::by_id(tx.conn(), id)?.ok_or(Error::NotFound)?;
            if held.closed_at.is_none() {
                report::close(tx, id, now)?;
            }
            Ok(())
        })
        .await
}
