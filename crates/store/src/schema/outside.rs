//! Tables of what comes from and goes to the fediverse outside the network.

diesel::table! {
    outside_server (host) {
        host -> Text,
        software -> Text,
        signature -> Text,
        sent_id -> BigInt,
        failures -> Integer,
        retry_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        heard_at -> Nullable<BigInt>,
        last_error -> Text,
    }
}

diesel::table! {
    outside_follower (followed_uri, actor_uri) {
        followed_uri -> Text,
        actor_uri -> Text,
        follow_uri -> Text,
        host -> Text,
        inbox -> Text,
        shared_inbox -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    outgoing (id) {
        id -> BigInt,
        host -> Text,
        inbox -> Text,
        actor_uri -> Text,
        body -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    outside_vote (object_uri, actor_uri) {
        object_uri -> Text,
        actor_uri -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    outside_actor (uri) {
        uri -> Text,
        kind -> Text,
        host -> Text,
        name -> Text,
        display_name -> Text,
        summary -> Text,
        url -> Text,
        inbox -> Text,
        shared_inbox -> Text,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    outside_follow (account_id, actor_uri) {
        account_id -> BigInt,
        actor_uri -> Text,
        state -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    fetch_later (id) {
        id -> BigInt,
        activity_id -> Text,
        host -> Text,
        signer -> Text,
        body -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    office_follow (actor_uri) {
        actor_uri -> Text,
        state -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    office_follow_topic (actor_uri, topic_id) {
        actor_uri -> Text,
        topic_id -> BigInt,
    }
}

diesel::table! {
    outside_item (id) {
        id -> BigInt,
        uri -> Text,
        actor_uri -> Text,
        author_uri -> Text,
        kind -> Text,
        title -> Text,
        html -> Text,
        url -> Text,
        in_reply_to -> Text,
        published_at -> BigInt,
        received_at -> BigInt,
    }
}

diesel::table! {
    message (id) {
        id -> BigInt,
        account_id -> BigInt,
        uri -> Text,
        author_uri -> Text,
        author_name -> Text,
        html -> Text,
        published_at -> BigInt,
        received_at -> BigInt,
    }
}

diesel::table! {
    report (id) {
        id -> BigInt,
        reporter_uri -> Text,
        object_uri -> Text,
        reason -> Text,
        created_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}
