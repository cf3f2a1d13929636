//! Whole-day events as iCalendar (RFC 5545), for the calendars that people have already.
//!
//! Start at [`text`]. Lines end with CRLF and are folded at 75 octets, between characters.

use tequio_domain::Timestamp;

/// Octets of a line, without its end.
const LINE_OCTETS: usize = 75;

/// From one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same in every city's calendar, so that nobody who reads two of them sees it twice.
    pub uid: String,
    /// First day.
    pub start: Timestamp,
    /// The day after the last.
    pub end: Timestamp,
    /// One line.
    pub summary: String,
    /// Where more is said.
    pub url: String,
    /// So many days before the end a calendar reminds.
    pub reminders: &'static [u32],
}

/// A calendar of this name. `stamp` is when it was made.
#[must_use]
pub fn text(name: &str, stamp: Timestamp, events: &[Event]) -> String {
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tequio//Tequio//ES",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        push(&mut text, line);
    }
    push(&mut text, &format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        push(&mut text, "BEGIN:VEVENT");
        push(&mut text, &format!("UID:{}", escaped(&event.uid)));
        push(&mut text, &format!("DTSTAMP:{}", instant(stamp)));
        push(
            &mut text,
            &format!("DTSTART;VALUE=DATE:{}", day(event.start)),
        );
        push(&mut text, &format!("DTEND;VALUE=DATE:{}", day(event.end)));
        push(&mut text, &format!("SUMMARY:{}", escaped(&event.summary)));
        push(&mut text, &format!("URL:{}", event.url));
        push(&mut text, "TRANSP:TRANSPARENT");
        for days in event.reminders {
            push(&mut text, "BEGIN:VALARM");
            push(&mut text, "ACTION:DISPLAY");
            push(
                &mut text,
                &format!("DESCRIPTION:{}", escaped(&event.summary)),
            );
            push(&mut text, &format!("TRIGGER;RELATED=END:-P{days}D"));
            push(&mut text, "END:VALARM");
        }
        push(&mut text, "END:VEVENT");
    }
    push(&mut text, "END:VCALENDAR");
    text
}

fn day(at: Timestamp) -> String {
    let c = at.calendar();
    format!("{:04}{:02}{:02}", c.year, c.month, c.day)
}

fn instant(at: Timestamp) -> String {
    let c = at.calendar();
    format!("{}T{:02}{:02}00Z", day(at), c.hour, c.minute)
}

/// A value of type TEXT (§3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// One line, folded (§3.1).
fn push(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn an_event_is_whole_days_with_reminders() {
        let event = Event {
            uid: "urn:uuid:1#2".into(),
            start: at("2027-03-01T00:00:00Z"),
            end: at("2027-06-01T00:00:00Z"),
            summary: "Coordina San José; finanzas, y más\nhoy".into(),
            url: "https://a.example/temas/finanzas/acta".into(),
            reminders: &[7],
        };
        let text = text("Traspasos", at("2026-11-26T10:11:12Z"), &[event]);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.last(), Some(&""));
        for line in [
            "DTSTAMP:20261126T101100Z",
            "DTSTART;VALUE=DATE:20270301",
            "DTEND;VALUE=DATE:20270601",
            "SUMMARY:Coordina San José\\; finanzas\\, y más\\nhoy",
            "TRIGGER;RELATED=END:-P7D",
        ] {
            assert!(lines.contains(&line), "{line}: {text}");
        }
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut text = String::new();
        let line = format!("SUMMARY:{}", "ñandú ".repeat(40));
        push(&mut text, &line);
        let pieces: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
        assert!(pieces.len() > 3);
        assert!(pieces.iter().all(|piece| piece.len() <= LINE_OCTETS));
        let joined: String = (pieces.iter().enumerate())
            .map(|(n, piece)| {
                if n == 0 {
                    piece
                } else {
                    piece.strip_prefix(' ').unwrap()
                }
            })
            .collect();
        assert_eq!(joined, line);
    }
}
