//! SQLite without anything around it.
#![allow(unsafe_code, reason = "calls SQLite; in this test program only")]

use std::ffi::{CStr, CString};
use std::path::Path;
use std::ptr;

use libsqlite3_sys as ffi;

/// A connection.
pub struct Raw(*mut ffi::sqlite3);

impl Raw {
    /// Opens a file, making it when it is missing.
    pub fn open(path: &Path) -> Self {
        let path = CString::new(path.to_str().expect("UTF-8")).expect("no zero");
        let mut raw = ptr::null_mut();
        // SAFETY: the path ends in zero, and the connection is closed once, when this goes.
        let code = unsafe { ffi::sqlite3_open(path.as_ptr(), &raw mut raw) };
        assert_eq!(code, ffi::SQLITE_OK, "a database opens");
        Self(raw)
    }

    /// Runs statements that must succeed.
    pub fn execute(&self, sql: &str) {
        let text = CString::new(sql).expect("no zero");
        let (none, nobody) = (None, ptr::null_mut());
        // SAFETY: the connection is open, the text ends in zero.
        let code =
            unsafe { ffi::sqlite3_exec(self.0, text.as_ptr(), none, nobody, ptr::null_mut()) };
        assert_eq!(code, ffi::SQLITE_OK, "{sql}");
    }

    /// The first value of a query, as text; `None` when there is none or it cannot be had.
    pub fn text(&self, sql: &str) -> Option<String> {
        let text = CString::new(sql).expect("no zero");
        let mut statement = ptr::null_mut();
        // SAFETY: the connection is open; the statement is used until it is finalized, and its column is
        // copied before that.
        unsafe {
            ffi::sqlite3_prepare_v2(
                self.0,
                text.as_ptr(),
                -1,
                &raw mut statement,
                ptr::null_mut(),
            );
            let mut value = None;
            if ffi::sqlite3_step(statement) == ffi::SQLITE_ROW {
                let column = ffi::sqlite3_column_text(statement, 0);
                if !column.is_null() {
                    let column = CStr::from_ptr(column.cast());
                    value = Some(column.to_string_lossy().into_owned());
                }
            }
            ffi::sqlite3_finalize(statement);
            value
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: opened by `open`, closed nowhere else.
        unsafe { ffi::sqlite3_close(self.0) };
    }
}
