//! The tables, as `migrations/` makes them; the parity test compares the two.

mod held;
mod ledger;
mod mesh;
mod outside;

pub(crate) use held::{recovery, tally_floor};
pub(crate) use ledger::{
    ledger_entry, ledger_member, ledger_term, ledger_topic, ruling, topic_coordinator,
};
pub(crate) use mesh::{
    erasure, erasure_receipt, file_unwanted, fork, fork_entry, handshake, invitation, key_word,
    past_key, peer_fault, vouched_log,
};
pub(crate) use outside::{
    fetch_later, message, office_follow, office_follow_topic, outgoing, outside_actor,
    outside_follow, outside_follower, outside_item, outside_server, outside_vote, report,
};

diesel::table! {
    sequence (name) {
        name -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    actor_key (actor_uri) {
        actor_uri -> Text,
        private_key -> Text,
        public_key -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    city (slug) {
        slug -> Text,
        position -> Integer,
        name -> Text,
        country_es -> Text,
        country_en -> Text,
        summary_es -> Text,
        summary_en -> Text,
        base_url -> Text,
        is_self -> Bool,
    }
}

diesel::table! {
    topic (id) {
        id -> BigInt,
        slug -> Text,
        uri -> Text,
        position -> Integer,
        name_es -> Text,
        name_en -> Text,
        summary_es -> Text,
        summary_en -> Text,
        for_deciders_es -> Text,
        for_deciders_en -> Text,
        for_practitioners_es -> Text,
        for_practitioners_en -> Text,
    }
}

diesel::table! {
    glossary_term (topic_id, slug) {
        topic_id -> BigInt,
        slug -> Text,
        position -> Integer,
        name -> Text,
        name_en -> Text,
        definition -> Text,
        also -> Text,
    }
}

diesel::table! {
    log (id) {
        id -> BigInt,
        topic_id -> BigInt,
        city -> Text,
        group_uri -> Text,
        public_key -> Text,
        head_seq -> BigInt,
        head_digest -> Text,
        known_seq -> BigInt,
        is_frozen -> Bool,
    }
}

diesel::table! {
    entry (id) {
        id -> BigInt,
        log_id -> BigInt,
        seq -> BigInt,
        digest -> Text,
        uri -> Text,
        activity_uri -> Text,
        body -> Text,
        received_at -> BigInt,
        is_void -> Bool,
    }
}

diesel::table! {
    person (id) {
        id -> BigInt,
        uri -> Text,
        city -> Text,
        name -> Text,
        display_name -> Text,
        post -> Text,
        summary -> Text,
        public_key -> Text,
        updated_at -> BigInt,
        card_uri -> Text,
    }
}

diesel::table! {
    author_key (log_id, person_uri) {
        log_id -> BigInt,
        person_uri -> Text,
        public_key -> Text,
        card_uri -> Text,
    }
}

diesel::table! {
    object (id) {
        id -> BigInt,
        oid -> Text,
        uri -> Text,
        kind -> Text,
        topic_id -> BigInt,
        log_id -> BigInt,
        group_uri -> Text,
        author_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        root_id -> BigInt,
        title -> Text,
        source -> Text,
        html -> Text,
        language -> Text,
        created_at -> BigInt,
        updated_at -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        version -> Integer,
        comment_count -> BigInt,
        last_activity_at -> BigInt,
        useful_count -> BigInt,
        removed_at -> Nullable<BigInt>,
        hidden_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    hidden (object_uri) {
        object_uri -> Text,
        reason -> Text,
        by_name -> Text,
        hidden_at -> BigInt,
    }
}

diesel::table! {
    thread (object_id) {
        object_id -> BigInt,
        kind -> Text,
        answer_uri -> Nullable<Text>,
    }
}

diesel::table! {
    knowledge (object_id) {
        object_id -> BigInt,
        kind -> Text,
        audience -> Text,
        license -> Text,
        #[sql_name = "abstract"]
        summary -> Text,
        adaptation_of -> Nullable<Text>,
    }
}

diesel::table! {
    revision (object_id, version) {
        object_id -> BigInt,
        version -> Integer,
        title -> Text,
        source -> Text,
        html -> Text,
        digest -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    attachment (object_id, position) {
        object_id -> BigInt,
        position -> Integer,
        digest -> Text,
        name -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
    }
}

diesel::table! {
    tally (object_id, log_id) {
        object_id -> BigInt,
        log_id -> BigInt,
        amount -> BigInt,
    }
}

diesel::table! {
    waiting (entry_id) {
        entry_id -> BigInt,
        awaits -> Text,
        makes -> Text,
    }
}

diesel::table! {
    account (id) {
        id -> BigInt,
        name -> Text,
        person_uri -> Text,
        password_hash -> Text,
        role -> Text,
        state -> Text,
        locale -> Text,
        card -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    session (token_digest) {
        token_digest -> Text,
        account_id -> BigInt,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    follow (account_id, topic_id) {
        account_id -> BigInt,
        topic_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    vote (object_uri, account_id) {
        object_uri -> Text,
        account_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    tally_due (object_uri) {
        object_uri -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    file (digest) {
        digest -> Text,
        size_bytes -> BigInt,
        media_type -> Text,
        stored_at -> BigInt,
    }
}

diesel::table! {
    file_wanted (digest) {
        digest -> Text,
        size_bytes -> BigInt,
        name -> Text,
        media_type -> Text,
        origin -> Text,
        attempts -> Integer,
        due_at -> BigInt,
    }
}

diesel::table! {
    peer (city) {
        city -> Text,
        actor_uri -> Text,
        inbox -> Text,
        transport_key -> Text,
        software -> Text,
        sent_id -> BigInt,
        failures -> Integer,
        retry_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        heard_at -> Nullable<BigInt>,
        last_error -> Text,
        answered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    alarm (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        since -> BigInt,
        raised_at -> BigInt,
        cleared_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    received_activity (uri) {
        uri -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    hand_over (id) {
        id -> BigInt,
        city -> Text,
        group_uri -> Text,
        body -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        created_at -> BigInt,
    }
}

diesel::joinable!(recovery -> log (log_id));
diesel::joinable!(glossary_term -> topic (topic_id));
diesel::joinable!(log -> topic (topic_id));
diesel::joinable!(log -> city (city));
diesel::joinable!(entry -> log (log_id));
diesel::joinable!(author_key -> log (log_id));
diesel::joinable!(object -> topic (topic_id));
diesel::joinable!(object -> log (log_id));
diesel::joinable!(object -> person (author_id));
diesel::joinable!(thread -> object (object_id));
diesel::joinable!(knowledge -> object (object_id));
diesel::joinable!(revision -> object (object_id));
diesel::joinable!(attachment -> object (object_id));
diesel::joinable!(tally -> object (object_id));
diesel::joinable!(tally -> log (log_id));
diesel::joinable!(waiting -> entry (entry_id));
diesel::joinable!(ledger_entry -> entry (entry_id));
diesel::joinable!(ledger_entry -> log (log_id));
diesel::joinable!(ledger_term -> topic (topic_id));
diesel::joinable!(session -> account (account_id));
diesel::joinable!(ruling -> entry (entry_id));
diesel::joinable!(topic_coordinator -> account (account_id));
diesel::joinable!(topic_coordinator -> topic (topic_id));
diesel::joinable!(follow -> account (account_id));
diesel::joinable!(follow -> topic (topic_id));
diesel::joinable!(vote -> account (account_id));
diesel::joinable!(file_wanted -> city (origin));
diesel::joinable!(peer -> city (city));
diesel::joinable!(hand_over -> city (city));
diesel::joinable!(outside_follower -> outside_server (host));
diesel::joinable!(outgoing -> outside_server (host));
diesel::joinable!(outside_follow -> account (account_id));
diesel::joinable!(outside_follow -> outside_actor (actor_uri));
diesel::joinable!(office_follow -> outside_actor (actor_uri));
diesel::joinable!(office_follow_topic -> office_follow (actor_uri));
diesel::joinable!(office_follow_topic -> topic (topic_id));
diesel::joinable!(message -> account (account_id));
diesel::allow_tables_to_appear_in_same_query!(
    sequence,
    setting,
    actor_key,
    city,
    topic,
    glossary_term,
    log,
    entry,
    person,
    author_key,
    object,
    thread,
    knowledge,
    revision,
    attachment,
    tally,
    waiting,
    ledger_topic,
    ledger_entry,
    ledger_term,
    ledger_member,
    ruling,
    topic_coordinator,
    hidden,
    account,
    session,
    follow,
    vote,
    tally_due,
    file,
    file_wanted,
    peer,
    alarm,
    received_activity,
    hand_over,
    outside_server,
    outside_follower,
    outgoing,
    outside_vote,
    outside_actor,
    outside_follow,
    office_follow,
    office_follow_topic,
    fetch_later,
    outside_item,
    message,
    report,
    past_key,
    key_word,
    vouched_log,
    fork,
    fork_entry,
    peer_fault,
    erasure,
    erasure_receipt,
    file_unwanted,
    invitation,
    handshake,
    recovery,
    tally_floor,
);
