//! A member of ours in a community of Lemmy's.

use serde_json::json;
use tequio_tests::wait;

use crate::{SPREAD, Stage, said, shows};

/// Ana finds and follows a community through the pages, and reads what comes.
pub async fn read(stage: &mut Stage) {
    let asked = json!({ "name": "cisternas", "title": "Cisternas" });
    let made = stage.admin.post("community", asked).await;
    let community = &made["community_view"]["community"];
    let id = community["id"].as_i64().unwrap();
    let uri = community["actor_id"].as_str().unwrap();
    let search = stage.ana.fill("/fuera", &[("q", uri)]).await;
    let found = stage.ana.send(&search).await;
    let follow = found.form_to("/fuera/seguir");
    stage.ana.done(&follow).await;
    let city = &stage.network[0];
    shows(&mut stage.ana, city, "/fuera", "Cisternas").await;
    let text = id.to_string();
    let query = [("id", text.as_str())];
    let followed = |answer: &serde_json::Value| {
        let count = answer["community_view"]["counts"]["subscribers"].as_i64()?;
        (count >= 2).then_some(())
    };
    stage
        .admin
        .until("a follower", ("community", &query), followed)
        .await;
    said("a community of Lemmy's is found and followed through the pages");
    let asked =
        json!({ "name": "Filtro de grava", "body": "¿Qué **grosor**?", "community_id": id });
    let made = stage.marisol.post("post", asked).await;
    let post = made["post_view"]["post"]["id"].as_i64().unwrap();
    shows(&mut stage.ana, city, "/fuera", "Filtro de grava").await;
    stage.zoe.comment(post, None, "Medio centímetro.").await;
    shows(&mut stage.ana, city, "/fuera", "Medio centímetro.").await;
    let delete = |deleted: bool| json!({ "post_id": post, "deleted": deleted });
    stage.marisol.post("post/delete", delete(true)).await;
    wait::until(SPREAD, "the post is gone from /fuera", async || {
        let page = stage.ana.open("/fuera").await.text();
        if page.contains("Filtro de grava") {
            Err(page)
        } else {
            Ok(())
        }
    })
    .await;
    stage.marisol.post("post/delete", delete(false)).await;
    shows(&mut stage.ana, city, "/fuera", "Filtro de grava").await;
    said("its posts and comments are read here, deleted and restored with it");
}
