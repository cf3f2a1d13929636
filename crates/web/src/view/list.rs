//! The pieces that lists are made of.

use super::outside::Origin;
use super::{Link, Trusted};

/// An instant, for `<time>`.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// RFC 3339; empty for never.
    pub iso: String,
    /// As it is said.
    pub text: String,
}

/// A city in a line of text, with its colour.
#[derive(Debug, Clone)]
pub struct CityChip {
    /// Name.
    pub name: String,
    /// Its page here; empty for what is outside the network.
    pub href: String,
    /// Index of its accent.
    pub accent: u8,
}

impl CityChip {
    /// Somewhere outside the network, which has no page here.
    #[must_use]
    pub const fn outside(name: String) -> Self {
        Self {
            name,
            href: String::new(),
            accent: 0,
        }
    }
}

/// A city as a card.
#[derive(Debug, Clone)]
pub struct CityCard {
    /// The city.
    pub city: CityChip,
    /// Two letters.
    pub mark: String,
    /// Country, state, count: one short line.
    pub note: String,
}

/// A person as a card.
#[derive(Debug, Clone)]
pub struct PersonCard {
    /// Name shown.
    pub name: String,
    /// Two letters.
    pub initials: String,
    /// Page here.
    pub href: String,
    /// Post and city: one short line.
    pub note: String,
    /// City.
    pub city: CityChip,
}

/// A thread in a list.
#[derive(Debug, Clone)]
pub struct ThreadRow {
    /// Page.
    pub href: String,
    /// Title.
    pub title: String,
    /// Question, or else conversation.
    pub is_question: bool,
    /// Has an accepted answer.
    pub is_answered: bool,
    /// Is a question that nobody answered.
    pub is_unanswered: bool,
    /// The topic, where the list mixes topics.
    pub topic: Option<Link>,
    /// Name of the author.
    pub author: String,
    /// City of the author.
    pub city: CityChip,
    /// `3 respuestas`.
    pub replies: String,
    /// Last activity.
    pub last: When,
}

/// A knowledge object in a list.
#[derive(Debug, Clone)]
pub struct ObjectRow {
    /// Page.
    pub href: String,
    /// Title.
    pub title: String,
    /// Abstract.
    pub summary: String,
    /// Kind.
    pub kind: String,
    /// The topic, where the list mixes topics.
    pub topic: Option<Link>,
    /// Name of the author.
    pub author: String,
    /// City of the author.
    pub city: CityChip,
    /// Published.
    pub made: When,
    /// `2 archivos`, empty for none.
    pub files: String,
    /// `útil para 3 personas`, empty for none.
    pub useful: String,
}

/// What a list says when it is empty: what goes here, why it is empty, one next action.
#[derive(Debug, Clone, Default)]
pub struct Empty {
    /// What goes here.
    pub what: String,
    /// Why it is empty.
    pub why: String,
    /// Next action.
    pub next: Option<Link>,
}

/// Numbered pages.
#[derive(Debug, Clone, Default)]
pub struct Paging {
    /// Number of pages; 1 shows nothing.
    pub last: i64,
    /// `Página 2 de 3`.
    pub position: String,
    /// Previous page.
    pub previous: Option<String>,
    /// Next page.
    pub next: Option<String>,
    /// The numbers that are offered; an empty address is a gap.
    pub pages: Vec<Link>,
}

impl Paging {
    /// Pages of a list: the first, the last and those around the current one.
    ///
    /// `address` makes the address of a page; `position` is `Página 2 de 3` in the reader's language.
    #[must_use]
    pub fn new(current: i64, last: i64, position: String, address: impl Fn(i64) -> String) -> Self {
        let mut pages = Vec::new();
        let mut before = 0;
        for number in 1..=last {
            if number != 1 && number != last && (number - current).abs() > 2 {
                continue;
            }
            if number > before + 1 {
                pages.push(Link::default());
            }
            before = number;
            pages.push(Link {
                href: address(number),
                label: number.to_string(),
                current: number == current,
            });
        }
        Self {
            last,
            position,
            previous: (current > 1).then(|| address(current - 1)),
            next: (current < last).then(|| address(current + 1)),
            pages,
        }
    }
}

/// Who wrote a post.
#[derive(Debug, Clone)]
pub struct Byline {
    /// Name shown.
    pub name: String,
    /// Two letters.
    pub initials: String,
    /// Page here.
    pub href: String,
    /// Post held, may be empty.
    pub post: String,
    /// City.
    pub city: CityChip,
    /// Where somebody from outside the network is at home.
    pub origin: Option<Origin>,
}

/// An opening post or a comment.
#[derive(Debug, Clone)]
pub struct Post {
    /// Short oid.
    pub anchor: String,
    /// Address of this post in its page.
    pub permalink: String,
    /// Author.
    pub author: Byline,
    /// Written.
    pub made: When,
    /// `editado el …`.
    pub edited: Option<String>,
    /// Text.
    pub body: Trusted,
    /// Whether it opens the thread.
    pub is_opening: bool,
    /// Whether it is the accepted answer.
    pub is_accepted: bool,
    /// Whether it is shown one step in.
    pub is_reply: bool,
    /// Whether only the note is left.
    pub is_deleted: bool,
    /// Of a post that the coordination removed: where the reason is.
    pub removed_href: Option<String>,
    /// For the coordinating city.
    pub moderate_href: Option<String>,
    /// Whether an administrator of this city hid it.
    pub is_hidden: bool,
    /// For this city's administrators.
    pub hide_href: Option<String>,
    /// The post it answers, when that is not obvious.
    pub replies_to: Option<Link>,
    /// `Útil · 3`.
    pub useful: String,
    /// Whether the viewer may vote.
    pub can_vote: bool,
    /// Whether the viewer did.
    pub is_voted: bool,
    /// Where the vote goes.
    pub vote_action: String,
    /// That the vote leaves the network, and where to; said before it is cast.
    pub vote_note: Option<String>,
    /// Where a reply to it is written.
    pub reply_href: Option<String>,
    /// Where acceptance goes, for the one who asked.
    pub accept_action: Option<String>,
    /// For the author.
    pub edit_href: Option<String>,
    /// For the author.
    pub delete_href: Option<String>,
    /// The same where it came from.
    pub origin_href: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::Paging;

    fn shown(current: i64, last: i64) -> String {
        let paging = Paging::new(current, last, String::new(), |n| format!("?p={n}"));
        let labels: Vec<String> = paging
            .pages
            .iter()
            .map(|page| {
                if page.href.is_empty() {
                    "…".to_owned()
                } else {
                    page.label.clone()
                }
            })
            .collect();
        labels.join(" ")
    }

    #[test]
    fn far_pages_are_left_out() {
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(1, 3), "1 2 3");
        assert_eq!(shown(5, 9), "1 … 3 4 5 6 7 … 9");
        assert_eq!(shown(9, 9), "1 … 7 8 9");
    }
}
