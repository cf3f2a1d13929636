//! Own logs that come back from siblings, and what they say of votes that were lost.

diesel::table! {
    recovery (log_id) {
        log_id -> BigInt,
        reason -> Text,
        began_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        first_seq -> BigInt,
        target_seq -> BigInt,
        asked_at -> Nullable<BigInt>,
        answers -> BigInt,
        lost -> BigInt,
    }
}

diesel::table! {
    tally_floor (object_uri) {
        object_uri -> Text,
        amount -> BigInt,
    }
}
