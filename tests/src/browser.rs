//! A person in front of a city: follows links, fills forms, keeps cookies. No JavaScript.
//!
//! Start at [`Browser::fill`]: it opens a page, takes a form of it as it stands there (with its
//! token), and [`Browser::send`] sends it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};

use crate::city::City;
use crate::form::Form;

/// How long one request may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// How many people there were.
static PEOPLE: AtomicU32 = AtomicU32::new(1);

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Page {
    /// Path that was asked for.
    pub path: String,
    /// Status.
    pub status: u16,
    /// Path it sends to.
    pub location: Option<String>,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Page {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The form that has all these fields.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn form(&self, fields: &[&str]) -> Form {
        let text = self.text();
        Form::all(&text)
            .into_iter()
            .find(|form| fields.iter().all(|field| form.has(field)))
            .unwrap_or_else(|| {
                panic!(
                    "{} {} has no form with {fields:?}:\n{text}",
                    self.status, self.path
                )
            })
    }

    /// The form that is sent to this path.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn form_to(&self, action: &str) -> Form {
        let text = self.text();
        Form::all(&text)
            .into_iter()
            .find(|form| form.action.split('#').next() == Some(action))
            .unwrap_or_else(|| {
                panic!(
                    "{} {} has no form to {action}:\n{text}",
                    self.status, self.path
                )
            })
    }
}

/// An address that nobody had before; 198.18.0.0/15 is set aside for tests.
fn new_address() -> Ipv4Addr {
    let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
    Ipv4Addr::from(0xC612_0000 + number % 0x2_0000)
}

/// A person with a browser, from an address of their own.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    /// Where it connects to: the city itself, whatever line its address names.
    door: String,
    authority: String,
    base_url: String,
    address: Ipv4Addr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Somebody who is not signed in.
    ///
    /// # Panics
    /// When no client can be made.
    #[must_use]
    pub fn new(city: &City) -> Self {
        let host = format!("{}.localhost", city.slug);
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .resolve(&host, SocketAddr::from((Ipv4Addr::LOCALHOST, city.port)))
            .timeout(DEADLINE)
            // Sooner than the server ends an idle connection: no request goes into one that just ends.
            .pool_idle_timeout(Duration::from_secs(1))
            .build()
            .expect("a client can be made");
        Self {
            client,
            door: format!("http://{host}:{}", city.port),
            authority: city.authority(),
            base_url: city.url.clone(),
            address: new_address(),
            cookies: BTreeMap::new(),
        }
    }

    /// From here on this person comes from another address: the limits count by address.
    pub fn change_address(&mut self) {
        self.address = new_address();
    }

    /// Whether there is a cookie that starts a session.
    #[must_use]
    pub fn has_session(&self) -> bool {
        self.cookies.contains_key("tequio")
    }

    /// Asks for a page; redirections are not followed.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn try_get(&mut self, path: &str) -> Result<Page, String> {
        let request = self.request(Method::GET, path);
        self.exchange(path, request).await
    }

    /// [`Browser::try_get`] of a city that must answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn get(&mut self, path: &str) -> Page {
        self.try_get(path)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Asks for a page and goes where it sends, as browsers do, up to five times.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn open(&mut self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..5 {
            let Some(location) = page.location.clone() else {
                break;
            };
            page = self.get(&location).await;
        }
        page
    }

    /// Opens a page and takes the form that has all these fields, with these values.
    ///
    /// # Panics
    /// When there is no such page or form.
    pub async fn fill(&mut self, path: &str, values: &[(&str, &str)]) -> Form {
        let page = self.open(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let fields: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        let mut form = page.form(&fields);
        for (name, value) in values {
            form.set(name, value);
        }
        form
    }

    /// Sends a form.
    ///
    /// # Errors
    /// Why there is no answer: it may or may not have arrived.
    pub async fn try_send(&mut self, form: &Form) -> Result<Page, String> {
        let action = form.action.split('#').next().unwrap_or_default().to_owned();
        let (kind, body) = form.encode();
        let request = self
            .request(Method::POST, &action)
            .header(CONTENT_TYPE, kind)
            .header(ORIGIN, self.base_url.clone())
            .header("sec-fetch-site", "same-origin")
            .body(body);
        self.exchange(&action, request).await
    }

    /// [`Browser::try_send`] to a city that must answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(&mut self, form: &Form) -> Page {
        self.try_send(form)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", form.action))
    }

    /// Sends a form that must be taken (303); answers the path it leads to.
    ///
    /// # Panics
    /// With the page, when it was not taken.
    pub async fn done(&mut self, form: &Form) -> String {
        let page = self.send(form).await;
        assert_eq!(page.status, 303, "{}: {}", form.action, page.text());
        page.location.unwrap_or_default()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.door))
            .header(HOST, &self.authority)
            .header(ACCEPT, "text/html,application/json;q=0.5")
            .header("accept-language", "es")
            .header("x-forwarded-for", self.address.to_string());
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        request
    }

    async fn exchange(&mut self, path: &str, request: RequestBuilder) -> Result<Page, String> {
        let response = request.send().await.map_err(|error| format!("{error:?}"))?;
        self.keep_cookies(&response);
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        Ok(Page {
            path: path.to_owned(),
            status: response.status().as_u16(),
            location: header(LOCATION).map(str::to_owned),
            bytes: response
                .bytes()
                .await
                .map_err(|error| format!("{error:?}"))?
                .to_vec(),
        })
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap_or_default();
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
