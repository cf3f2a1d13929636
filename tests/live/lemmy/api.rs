//! Lemmy's own HTTP API, version 3, as far as this program needs it.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tequio_tests::wait;

use crate::SPREAD;

const PASSWORD: &str = "una clave de lemmy";

/// Somebody in front of Lemmy.
pub struct Lemmy {
    client: Client,
    base: String,
    token: String,
}

impl Lemmy {
    pub fn new(base: &str) -> Self {
        Self {
            client: Client::builder().no_proxy().build().unwrap(),
            base: base.trim_end_matches('/').to_owned(),
            token: String::new(),
        }
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) {
        let asked = json!({ "username_or_email": name, "password": password });
        let answer = self.post("user/login", asked).await;
        self.token = answer["jwt"].as_str().unwrap().to_owned();
    }

    pub async fn register(&mut self, name: &str) {
        let asked = json!({ "username": name, "password": PASSWORD, "password_verify": PASSWORD,
                            "show_nsfw": false });
        let answer = self.post("user/register", asked).await;
        self.token = answer["jwt"]
            .as_str()
            .expect("registration is open")
            .to_owned();
    }

    /// As its administrator: registration without questions, no limits.
    pub async fn open_for_all(&self) {
        let mut site = json!({ "registration_mode": "Open", "captcha_enabled": false });
        for limit in ["message", "post", "register", "comment", "search"] {
            site[format!("rate_limit_{limit}")] = json!(9999);
        }
        self.put("site", site).await;
    }

    pub async fn delete_account(&self) {
        let asked = json!({ "password": PASSWORD, "delete_content": false });
        self.post("user/delete_account", asked).await;
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let query: Vec<String> = (query.iter())
            .map(|(name, value)| {
                let value: String =
                    url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                format!("{name}={value}")
            })
            .collect();
        self.call(Method::GET, &format!("{path}?{}", query.join("&")), None)
            .await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.call(Method::PUT, path, Some(body)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/api/v3/{path}", self.base);
        let mut request = self.client.request(method, url);
        if !self.token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.expect("Lemmy answers");
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(
            status.is_success(),
            "Lemmy answers {status} to {path}: {text}"
        );
        serde_json::from_str(&text).unwrap()
    }

    /// Waits until a question is answered as wanted; answers what `pick` takes from it.
    pub async fn until<T>(
        &self,
        what: &str,
        asked: (&str, &[(&str, &str)]),
        pick: impl Fn(&Value) -> Option<T>,
    ) -> T {
        wait::until(SPREAD, what, async || {
            let answer = self.get(asked.0, asked.1).await;
            pick(&answer).ok_or(answer)
        })
        .await
    }

    /// Waits for a post of a community whose title has these words; answers its id.
    pub async fn sees_post(&self, community: i64, words: &str) -> i64 {
        let community = community.to_string();
        let query = [
            ("community_id", community.as_str()),
            ("sort", "New"),
            ("limit", "50"),
        ];
        self.until(words, ("post/list", &query), |answer| {
            let posts = answer["posts"].as_array()?;
            let found = posts.iter().map(|row| &row["post"]);
            let mut found =
                found.filter(|post| post["name"].as_str().is_some_and(|n| n.contains(words)));
            found.next()?["id"].as_i64()
        })
        .await
    }

    /// Waits for a comment under a post that has these words; answers its view.
    pub async fn sees_comment(&self, post: i64, words: &str) -> Value {
        let post = post.to_string();
        let query = [
            ("post_id", post.as_str()),
            ("type_", "All"),
            ("limit", "50"),
        ];
        self.until(words, ("comment/list", &query), |answer| {
            let rows = answer["comments"].as_array()?;
            let has = |row: &&Value| {
                row["comment"]["content"]
                    .as_str()
                    .is_some_and(|c| c.contains(words))
            };
            rows.iter().find(has).cloned()
        })
        .await
    }

    /// Answers a post or, with `parent`, a comment; answers the new comment's id.
    pub async fn comment(&self, post: i64, parent: Option<i64>, text: &str) -> i64 {
        let asked = json!({ "content": text, "post_id": post, "parent_id": parent });
        self.post("comment", asked).await["comment_view"]["comment"]["id"]
            .as_i64()
            .unwrap()
    }
}
