//! The tables that keep the logs whole when cities go, lie, or change their keys.

diesel::table! {
    past_key (log_id, until_seq) {
        log_id -> BigInt,
        until_seq -> BigInt,
        public_key -> Text,
    }
}

diesel::table! {
    key_word (group_uri, teller) {
        group_uri -> Text,
        teller -> Text,
        topic_id -> BigInt,
        city -> Text,
        public_key -> Text,
        told_at -> BigInt,
    }
}

diesel::table! {
    vouched_log (log_id) {
        log_id -> BigInt,
    }
}

diesel::table! {
    fork (log_id) {
        log_id -> BigInt,
        seq -> BigInt,
        is_exact -> Bool,
        seen_at -> BigInt,
    }
}

diesel::table! {
    fork_entry (log_id, digest) {
        log_id -> BigInt,
        digest -> Text,
        seq -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    peer_fault (city) {
        city -> Text,
        faults -> Integer,
        reason -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    erasure (log_id, seq) {
        log_id -> BigInt,
        seq -> BigInt,
        object_uri -> Text,
        reason -> Text,
        by_name -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    erasure_receipt (log_id, city) {
        log_id -> BigInt,
        city -> Text,
        seq -> BigInt,
        at -> BigInt,
        word -> Text,
    }
}

diesel::table! {
    file_unwanted (digest) {
        digest -> Text,
    }
}

diesel::table! {
    invitation (city) {
        city -> Text,
        digest -> Text,
        used_by -> Text,
        by_name -> Text,
        made_at -> BigInt,
        until_at -> BigInt,
    }
}

diesel::table! {
    handshake (city) {
        city -> Text,
        base_url -> Text,
        introduction -> Text,
        met -> Text,
        presented_by -> Text,
        is_mutual -> Bool,
        met_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        by_name -> Text,
    }
}
