//! A city with one topic, and a browser that keeps cookies and fills in forms.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::http::{Method, StatusCode, header::HeaderMap};
use actix_web::test::{self, TestRequest};
use actix_web::{App, body};
use futures::future::LocalBoxFuture;
use tequio_domain::kit::{
    Bilingual, City, Coordination, Glossary, GlossaryLabel, GlossaryTerm, Network, Topic,
};
use tequio_domain::ledger::Quorum;
use tequio_domain::{CitySlug, Locale, Role, Timestamp};
use tequio_engine::account::{self, NewAccount};
use tequio_engine::{Engine, Founding, FoundingTopic, Moment};
use tequio_store::testing::{self, TestStore};
use tequio_web::limit::{Limits, Rate};
use tequio_web::{Settings, State};

use crate::elsewhere::Elsewhere;

/// Where the city is.
pub const BASE: &str = "http://managua.localhost:8103";
/// The password of everybody.
pub const PASSWORD: &str = "una frase bastante larga";

/// The time of all tests: it moves a second with each look.
static NOW_S: AtomicI64 = AtomicI64::new(1_772_460_300);

pub fn now() -> Timestamp {
    Timestamp::from_micros(NOW_S.fetch_add(1, Ordering::Relaxed) * 1_000)
        .plus_seconds(1_772_460_300)
}

pub fn moment() -> Result<Moment, tequio_engine::Error> {
    let entropy = tequio_protocol::random::bytes32().expect("randomness");
    Ok(Moment::new(now(), entropy))
}

type Answering = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

/// A city.
pub struct House {
    engine: Engine,
    answering: Answering,
    pub elsewhere: Elsewhere,
    _store: TestStore,
}

/// What a page answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The form whose action ends with, or contains, this.
    fn form(&self, action: &str) -> &str {
        let found = self.text.split("<form ").skip(1).find(|form| {
            let to = form
                .split("action=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            to.is_some_and(|to| to.contains(action))
        });
        let form = found.unwrap_or_else(|| panic!("no form to {action} in {}", self.text));
        form.split("</form>").next().unwrap()
    }

    fn action(&self, action: &str) -> String {
        let form = self.form(action);
        let to = form
            .split("action=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        to.split('#').next().unwrap().to_owned()
    }

    /// The token in a form.
    pub fn token(&self, action: &str) -> String {
        self.hidden(action)
            .into_iter()
            .find(|(name, _)| name == "csrf")
            .unwrap()
            .1
    }

    fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let inputs = self
            .form(action)
            .split("<input type=\"hidden\" name=\"")
            .skip(1);
        inputs
            .map(|input| {
                let (name, rest) = input.split_once('"').unwrap();
                let value = rest
                    .split_once("value=\"")
                    .unwrap()
                    .1
                    .split_once('"')
                    .unwrap()
                    .0;
                (name.to_owned(), value.to_owned())
            })
            .collect()
    }
}

impl House {
    /// A new city without accounts.
    pub async fn found() -> Self {
        let store = testing::sqlite();
        let engine = Engine::open((*store).clone(), founding(), now()).unwrap();
        let elsewhere = Elsewhere::default();
        let state = State::new(Settings {
            outside: Arc::new(elsewhere.clone()),
            engine: engine.clone(),
            clock: now,
            moment,
            trusted_proxies: Vec::new(),
            network_name: both("Ayuda Urbana"),
            network_summary: both("Ciudades que se ayudan."),
            limits: Limits {
                post_by_address: Rate {
                    times: 10_000,
                    per_s: 300,
                },
                ..Limits::default()
            },
        })
        .unwrap();
        let app = App::new().configure(tequio_web::configure(state));
        let app = Rc::new(test::init_service(app).await);
        let answering: Answering = Rc::new(move |request: TestRequest| {
            let app = Rc::clone(&app);
            Box::pin(async move {
                let response = test::call_service(&*app, request.to_request()).await;
                let (status, headers) = (response.status(), response.headers().clone());
                let bytes = body::to_bytes(response.into_body()).await;
                let bytes = bytes.unwrap_or_else(|_| panic!("the body ends"));
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Answer {
                    status,
                    headers,
                    text,
                }
            })
        });
        Self {
            engine,
            answering,
            elsewhere,
            _store: store,
        }
    }

    /// The city itself.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// An active account.
    pub async fn member(&self, name: &str, display_name: &str) {
        self.account(name, display_name, Role::Member).await;
    }

    /// An administrator.
    pub async fn admin(&self, name: &str, display_name: &str) {
        self.account(name, display_name, Role::Admin).await;
    }

    async fn account(&self, name: &str, display_name: &str, role: Role) {
        let new = NewAccount {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            post: "Jefa de Servicios".to_owned(),
            password: PASSWORD.to_owned(),
            locale: Locale::Es,
        };
        let moment = moment().unwrap();
        account::create_as_operator(&self.engine, moment, new, role)
            .await
            .unwrap();
    }

    /// The one-time token of the first start.
    pub async fn setup_token(&self) -> String {
        account::new_setup_token(&self.engine, moment().unwrap())
            .await
            .unwrap()
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            house: self,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser that signed in through the form.
    pub async fn signed_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let form = browser.get("/entrar").await;
        let fields = [("name", name), ("password", PASSWORD)];
        let done = browser.send_form(&form, "/entrar", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        browser
    }
}

/// A browser: cookies, and forms filled in as they stand in the page.
pub struct Browser<'a> {
    house: &'a House,
    cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = TestRequest::get().uri(path);
        for header in headers {
            request = request.insert_header(*header);
        }
        self.ask_for(request).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, fields, &[]).await
    }

    pub async fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request = TestRequest::default()
            .method(Method::POST)
            .uri(path)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body);
        for header in headers {
            request = request.insert_header(*header);
        }
        self.ask_for(request).await
    }

    /// Fills in a form of a page: hidden inputs as they are, `fields` as typed.
    pub async fn send_form(
        &mut self,
        page: &Answer,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let hidden = page.hidden(action);
        let mut all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.extend(fields);
        self.post(&page.action(action), &all).await
    }

    /// The same for a form with files.
    pub async fn send_parts(
        &mut self,
        page: &Answer,
        action: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str)],
    ) -> Answer {
        let hidden = page.hidden(action);
        let mut all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.extend(fields);
        self.parts(&page.action(action), &all, files).await
    }

    pub async fn parts(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str)],
    ) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!(
                "--grenze\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        for (name, content) in files {
            body += &format!(
                "--grenze\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 content-type: application/octet-stream\r\n\r\n{content}\r\n"
            );
        }
        body += "--grenze--\r\n";
        let request = TestRequest::default()
            .method(Method::POST)
            .uri(path)
            .insert_header(("content-type", "multipart/form-data; boundary=grenze"))
            .set_payload(body);
        self.ask_for(request).await
    }

    /// Asks something in the only topic; answers the thread's path.
    pub async fn ask(&mut self, title: &str, text: &str) -> String {
        let form = self.get("/temas/saneamiento/nueva").await;
        let fields = [("kind", "question"), ("title", title), ("body", text)];
        let done = self.send_form(&form, "/nueva", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        done.location().to_owned()
    }

    /// Loses a cookie.
    pub fn forget(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    async fn ask_for(&mut self, mut request: TestRequest) -> Answer {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.insert_header(("cookie", pairs.join("; ")));
        }
        let answer = (self.house.answering)(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The ActivityPub id of the post with this page.
pub async fn uri_of(house: &House, href: &str) -> String {
    let short = href.split('/').nth(2).unwrap().split('-').next().unwrap();
    let oid = tequio_domain::Oid::from_short(short).unwrap().to_string();
    let held = house.engine().store();
    let held = held.read(move |conn| tequio_store::page::post::by_oid(conn, &oid));
    held.await.unwrap().unwrap().uri
}

fn both(text: &str) -> Bilingual {
    Bilingual {
        es: text.to_owned(),
        en: text.to_owned(),
    }
}

fn founding() -> Founding {
    let city = |slug: &str, name: &str| City {
        slug: slug.to_owned(),
        name: name.to_owned(),
        country: both("País"),
        summary: both("Una ciudad."),
    };
    let term = GlossaryTerm {
        slug: "recoleccion".to_owned(),
        name: "recolección".to_owned(),
        definition: "Retirar los desechos.".to_owned(),
        also: vec![GlossaryLabel {
            label: "tren de aseo".to_owned(),
            cities: vec!["tegucigalpa".to_owned()],
        }],
        en: "collection".to_owned(),
    };
    let topic = |slug: &str, name: &str, terms| FoundingTopic {
        topic: Topic {
            slug: slug.to_owned(),
            name: both(name),
            summary: both("Recoger y disponer."),
            for_deciders: both("Qué *es*."),
            for_practitioners: both("Qué hay."),
        },
        glossary: Glossary { terms },
    };
    Founding {
        network: Network {
            slug: "prueba".to_owned(),
            name: both("Ayuda Urbana"),
            summary: both("Ciudades que se ayudan."),
            topics: vec!["saneamiento".to_owned(), "finanzas".to_owned()],
            cities: vec![
                city("managua", "Managua"),
                city("tegucigalpa", "Tegucigalpa"),
            ],
            coordination: Some(Coordination {
                founder: "managua".to_owned(),
                term_days: 180,
                quorum: Quorum::Majority,
                first_term: "2026-07-01T06:00:00Z".to_owned(),
                coordinators: BTreeMap::new(),
            }),
        },
        topics: vec![
            topic("saneamiento", "Saneamiento ambiental", vec![term]),
            topic("finanzas", "Finanzas municipales", Vec::new()),
        ],
        city: CitySlug::parse("managua").unwrap(),
        base_url: BASE.to_owned(),
        siblings: vec![(
            CitySlug::parse("tegucigalpa").unwrap(),
            "http://tegucigalpa.localhost:8110".to_owned(),
        )],
    }
}
