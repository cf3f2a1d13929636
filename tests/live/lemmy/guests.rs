//! People of Lemmy in a topic of ours.

use serde_json::json;
use tequio_tests::browser::Browser;

use crate::{Stage, TOPIC, people, said, shows};

/// The thread, and what both sides know of it.
pub struct Talk {
    /// Its path in both cities.
    path: String,
    /// Its id at Lemmy.
    post: i64,
    /// Of Eva's answer, at Lemmy.
    answer: i64,
    /// Of Marisol's answer to Eva.
    reply: i64,
}

/// Marisol finds and follows the group of a city; answers the community's id.
pub async fn follow(stage: &Stage, city: usize) -> i64 {
    let name = format!("!{TOPIC}@{}", stage.network[city].authority());
    let found = stage.marisol.get("resolve_object", &[("q", &name)]).await;
    let community = &found["community"]["community"];
    assert_eq!(community["actor_id"], json!(stage.group(city)));
    let id = community["id"].as_i64().unwrap();
    let asked = json!({ "community_id": id, "follow": true });
    stage.marisol.post("community/follow", asked).await;
    let text = id.to_string();
    let query = [("id", text.as_str())];
    let accepted = |answer: &serde_json::Value| {
        (answer["community_view"]["subscribed"] == "Subscribed").then_some(())
    };
    stage
        .marisol
        .until("accepted", ("community", &query), accepted)
        .await;
    said(&format!("{name} is found and followed"));
    id
}

/// A thread of ours, answered by members of both cities and from Lemmy, and voted for there.
pub async fn talk(stage: &mut Stage, community: i64) -> Talk {
    let title = "¿Cómo se cobra la recolección?";
    let path = people::open_thread(&mut stage.ana, TOPIC, title, "Busco **cifras**.").await;
    let post = stage.marisol.sees_post(community, title).await;
    stage.both_show(&path, title).await;
    people::reply(&mut stage.eva, &path, "Va con la luz.").await;
    let seen = stage.marisol.sees_comment(post, "con la luz").await;
    assert_eq!(
        seen["creator"]["actor_id"],
        json!(format!("{}/u/eva", stage.network[1].url))
    );
    let answer = seen["comment"]["id"].as_i64().unwrap();
    said("a thread, and the answer of a member of the other city, are there once");
    let reply = stage
        .marisol
        .comment(post, Some(answer), "¿Y **quién** no tiene luz?")
        .await;
    stage.both_show(&path, "no tiene luz").await;
    stage.both_show(&path, "@marisol@").await;
    said("an answer from Lemmy shows in both cities");
    let like = json!({ "post_id": post, "score": 1 });
    stage.marisol.post("post/like", like).await;
    stage.both_show(&path, "Útil · 1").await;
    let unlike = json!({ "post_id": post, "score": 0 });
    stage.marisol.post("post/like", unlike).await;
    stage.neither_shows(&path, "Útil · 1").await;
    said("a vote counts in both cities, until it is taken back");
    Talk {
        path,
        post,
        answer,
        reply,
    }
}

/// Edits, deletions and a restoration, from both sides.
pub async fn change(stage: &mut Stage, talk: &Talk) {
    let edit = json!({ "comment_id": talk.reply, "content": "¿Y quién vive sin **medidor**?" });
    stage.marisol.put("comment", edit).await;
    stage.both_show(&talk.path, "medidor").await;
    stage.neither_shows(&talk.path, "no tiene luz").await;
    let delete = |deleted: bool| json!({ "comment_id": talk.reply, "deleted": deleted });
    stage.marisol.post("comment/delete", delete(true)).await;
    stage.neither_shows(&talk.path, "medidor").await;
    stage.marisol.post("comment/delete", delete(false)).await;
    stage.both_show(&talk.path, "medidor").await;
    said("Lemmy's edit, deletion and restoration show in both cities");
    people::edit(&mut stage.ana, &talk.path, "Busco **experiencias**.").await;
    let post = talk.post.to_string();
    let query = [("id", post.as_str())];
    let edited = |answer: &serde_json::Value| {
        let body = answer["post_view"]["post"]["body"].as_str()?;
        body.contains("experiencias").then_some(())
    };
    stage
        .marisol
        .until("the edit of a thread", ("post", &query), edited)
        .await;
    let regretted = people::reply(&mut stage.eva, &talk.path, "Lo digo sin pensar.").await;
    let seen = stage.marisol.sees_comment(talk.post, "sin pensar").await;
    people::delete(&mut stage.eva, &regretted).await;
    let id = seen["comment"]["id"].to_string();
    let query = [("id", id.as_str())];
    let deleted = |answer: &serde_json::Value| {
        (answer["comment_view"]["comment"]["deleted"] == true).then_some(())
    };
    stage
        .marisol
        .until("a deletion", ("comment", &query), deleted)
        .await;
    said("edits and deletions of both cities reach Lemmy");
}

/// Marisol opens a thread in our group.
pub async fn open_a_thread(stage: &mut Stage, community: i64) {
    let asked = json!({ "name": "Compostaje en mercados", "body": "Quiero empezar.",
                        "community_id": community });
    let made = stage.marisol.post("post", asked).await;
    let post = made["post_view"]["post"]["id"].as_i64().unwrap();
    let list = format!("/temas/{TOPIC}");
    let page = {
        let mut browser = Browser::new(&stage.network[1]);
        shows(
            &mut browser,
            &stage.network[1],
            &list,
            "Compostaje en mercados",
        )
        .await
    };
    let (before, _) = page.split_once("-compostaje-en-mercados").expect("a link");
    let short = before.rsplit('/').next().unwrap();
    let path = format!("/conversaciones/{short}-compostaje-en-mercados");
    people::reply(&mut stage.eva, &path, "Empiece por la fruta.").await;
    stage.marisol.sees_comment(post, "la fruta").await;
    people::reply(&mut stage.ana, &path, "Y por las flores.").await;
    stage.marisol.sees_comment(post, "las flores").await;
    said("a thread from Lemmy is answered by both cities");
}

/// What is opened in the sibling's group comes with the sibling's community only.
pub async fn keep_to_one_community(stage: &mut Stage, community: i64) {
    let title = "Rellenos en ladera";
    let path = people::open_thread(&mut stage.eva, TOPIC, title, "¿Quién tiene uno?").await;
    stage.both_show(&path, title).await;
    people::reply(&mut stage.ana, &path, "En Managua no.").await;
    // What is told after it has come: so this would have too.
    people::open_thread(&mut stage.ana, TOPIC, "Barrido nocturno", "Nada más.").await;
    stage.marisol.sees_post(community, "Barrido nocturno").await;
    let sibling = follow(stage, 1).await;
    stage.marisol.sees_post(sibling, title).await;
    let found = [("q", title), ("type_", "Posts"), ("listing_type", "All")];
    let found = stage.marisol.get("search", &found).await;
    assert_eq!(found["posts"].as_array().unwrap().len(), 1, "{found}");
    said("a thread of the other city is there once, in that city's community");
}

/// A report and a private message.
pub async fn complain(stage: &mut Stage, talk: &Talk) {
    let report = json!({ "comment_id": talk.answer, "reason": "Sin fuentes" });
    stage.marisol.post("comment/report", report).await;
    let city = &stage.network[0];
    shows(&mut stage.ana, city, "/admin/reportes", "Sin fuentes").await;
    let name = format!("@ana@{}", city.authority());
    let found = stage.marisol.get("resolve_object", &[("q", &name)]).await;
    let ana = &found["person"]["person"]["id"];
    let letter = json!({ "content": "Hola **Ana**, en privado", "recipient_id": ana });
    stage.marisol.post("private_message", letter).await;
    shows(&mut stage.ana, city, "/mensajes", "en privado").await;
    said("a report and a private message arrive");
}

/// What Lemmy's administrator does holds there only.
pub async fn moderate(stage: &Stage, talk: &Talk) {
    let remove = json!({ "comment_id": talk.reply, "removed": true, "reason": "no" });
    stage.admin.post("comment/remove", remove).await;
    let lock = |locked: bool| json!({ "post_id": talk.post, "locked": locked });
    stage.admin.post("post/lock", lock(true)).await;
    stage.admin.post("post/lock", lock(false)).await;
    // Comes after all that.
    stage
        .zoe
        .comment(talk.post, None, "Yo me voy pronto.")
        .await;
    stage.both_show(&talk.path, "Yo me voy pronto.").await;
    stage.both_show(&talk.path, "medidor").await;
    said("removing and locking by Lemmy's administrator change nothing here");
}

/// Zoe deletes her account.
pub async fn leave(stage: &Stage, talk: &Talk) {
    stage.zoe.delete_account().await;
    stage.neither_shows(&talk.path, "Yo me voy pronto.").await;
    said("what a deleted account wrote goes, in both cities");
}
