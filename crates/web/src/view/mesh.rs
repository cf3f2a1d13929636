//! What is not as usual with the logs, on `/red`.

/// One sentence.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Finished text.
    pub text: String,
    /// Icon.
    pub icon: &'static str,
    /// Colour: never alone.
    pub class: &'static str,
}

impl Notice {
    /// Something is wrong and stays so by itself.
    #[must_use]
    pub fn bad(text: String) -> Self {
        Self {
            text,
            icon: "cut",
            class: "badge-error",
        }
    }

    /// Something to know.
    #[must_use]
    pub fn note(text: String) -> Self {
        Self {
            text,
            icon: "clock",
            class: "badge-notice",
        }
    }
}
