//! The coordination of topics.

diesel::table! {
    ledger_topic (topic_id) {
        topic_id -> BigInt,
        founder -> Text,
        founded_by -> Text,
    }
}

diesel::table! {
    ledger_entry (entry_id) {
        entry_id -> BigInt,
        topic_id -> BigInt,
        log_id -> BigInt,
        seq -> BigInt,
        digest -> Text,
        word -> Text,
        actor_uri -> Text,
        made_at -> BigInt,
        note -> Text,
        deed -> Text,
        verdict -> Text,
        reason -> Text,
    }
}

diesel::table! {
    ledger_term (topic_id, number) {
        topic_id -> BigInt,
        number -> BigInt,
        city -> Text,
        opened_by -> Text,
        deed -> Text,
        start_seq -> BigInt,
        last_seq -> Nullable<BigInt>,
        starts_at -> BigInt,
        ends_at -> BigInt,
        ended_by -> Text,
        is_settled -> Bool,
    }
}

diesel::table! {
    ledger_member (topic_id, city) {
        topic_id -> BigInt,
        city -> Text,
        group_uri -> Text,
        public_key -> Text,
        from_seq -> BigInt,
        until_kind -> Text,
    }
}

diesel::table! {
    ruling (topic_id, object_uri, kind) {
        topic_id -> BigInt,
        object_uri -> Text,
        kind -> Text,
        entry_id -> BigInt,
        made_at -> BigInt,
        ends_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    topic_coordinator (account_id, topic_id) {
        account_id -> BigInt,
        topic_id -> BigInt,
    }
}
