//! Closed lists: what kinds of things there are.

/// Makes an enum whose members have one text each, the same in columns, on the wire and in kits.
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in columns, on the wire and in kits.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads [`Self::as_str`], `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

text_enum!(
    /// What a row of `object` is.
    ObjectKind {
        /// An opening post with its comments.
        Thread = "thread",
        /// An answer to a thread, a knowledge object or another comment.
        Comment = "comment",
        /// One piece of the library.
        Knowledge = "knowledge",
    }
);

text_enum!(
    /// What a thread is.
    ThreadKind {
        /// Asks, and may have an accepted answer.
        Question = "question",
        /// Talks.
        Conversation = "conversation",
    }
);

text_enum!(
    /// What a knowledge object is.
    KnowledgeKind {
        /// What the topic is (for decision makers).
        TopicDescription = "topic-description",
        /// Why the topic matters (for decision makers).
        Importance = "importance",
        /// One of the issues of the topic (for decision makers).
        Issue = "issue",
        /// A process from start to implementation.
        Process = "process",
        /// A lesson learned.
        Lesson = "lesson",
        /// What one city did, and how it went.
        CaseStudy = "case-study",
        /// A tool: a sheet, a form, a program.
        Tool = "tool",
        /// A manual.
        Manual = "manual",
        /// A frequent question with its answer.
        Faq = "faq",
        /// Workshop proceedings.
        Proceedings = "proceedings",
        /// Slides.
        Presentation = "presentation",
        /// A bibliographic record.
        Reference = "reference",
        /// A link.
        WebLink = "web-link",
        /// An organisation.
        Organisation = "organisation",
        /// "I used it, I did, it turned out".
        Story = "story",
        /// A template or playbook.
        Template = "template",
    }
);

text_enum!(
    /// For whom a knowledge object is.
    Audience {
        /// Mayors, councils, heads of administration.
        Deciders = "deciders",
        /// People who do the work.
        Practitioners = "practitioners",
        /// Both.
        Both = "both",
    }
);

text_enum!(
    /// Under which licence a knowledge object is shared (SPDX ids).
    License {
        /// Attribution.
        CcBy = "CC-BY-4.0",
        /// Attribution, share alike.
        CcBySa = "CC-BY-SA-4.0",
        /// Public domain.
        Cc0 = "CC0-1.0",
    }
);

text_enum!(
    /// A language of the interface.
    Locale {
        /// Spanish, the default.
        Es = "es",
        /// English.
        En = "en",
    }
);

text_enum!(
    /// What an account may do on its own instance.
    Role {
        /// Takes part.
        Member = "member",
        /// Runs the instance.
        Admin = "admin",
    }
);

text_enum!(
    /// Where an account stands.
    AccountState {
        /// Asked for by a visitor; an administrator decides.
        Pending = "pending",
        /// May sign in.
        Active = "active",
        /// May not sign in any more.
        Closed = "closed",
    }
);

impl KnowledgeKind {
    /// For whom this kind usually is: the shelf it is put on when the author says nothing.
    #[must_use]
    pub const fn usual_audience(self) -> Audience {
        match self {
            Self::TopicDescription | Self::Importance | Self::Issue => Audience::Deciders,
            Self::Process
            | Self::Lesson
            | Self::CaseStudy
            | Self::Tool
            | Self::Manual
            | Self::Template
            | Self::Story => Audience::Practitioners,
            Self::Faq
            | Self::Proceedings
            | Self::Presentation
            | Self::Reference
            | Self::WebLink
            | Self::Organisation => Audience::Both,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KnowledgeKind, Role};

    #[test]
    fn every_text_reads_back() {
        for kind in KnowledgeKind::ALL {
            assert_eq!(KnowledgeKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
