//! Who asks, for what, in which language: everything of a request that a page depends on.
//!
//! Start at [`Visit`], which every handler takes. [`Visit::show`] answers with a page, remembered for
//! visitors; [`Visit::member`] is the only way to a [`Member`]. What must stay true: whatever changes
//! a page is either part of the key in [`Visit::show`] or keeps the page out of the cache.

use std::future::Future;
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use futures::future::LocalBoxFuture;
use i18n_embed_fl::fl;
use tequio_domain::Locale;
use tequio_engine::{Member, session};
use tequio_store::{alarm, handshake, person};

use crate::cookie::{self, Cookies};
use crate::failure::Failure;
use crate::form::Fields;
use crate::state::State;
use crate::texts::Texts;
use crate::view::form::Typed;
use crate::view::{Frame, Link, Who, initials};

mod request;

use request::{address, asked_language, csrf_of, notice, same, takes_brotli};

/// A part of the main navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Home and topics.
    Topics,
    /// The library.
    Library,
    /// Cities and people.
    Cities,
    /// State of the network.
    Network,
    /// What a member follows outside, and their messages.
    Outside,
    /// None of them.
    Elsewhere,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the device has it.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The text in the cookie and in the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads [`Theme::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.as_str() == text)
    }
}

/// A signed-in member with their session.
#[derive(Debug, Clone)]
pub struct Signed {
    /// May act.
    pub member: Member,
    /// Row key of their person, for "is this mine?".
    pub person_id: i64,
    /// Name shown.
    pub display_name: String,
    /// Alarms between the cities that are open, for administrators; 0 for others.
    pub open_alarms: i64,
    /// Cities that wait to be accepted, for administrators; 0 for others.
    pub open_cities: i64,
    /// The session's token.
    pub token: String,
}

/// One request, as far as pages are concerned. Cheap to clone.
#[derive(Clone)]
pub struct Visit {
    /// The server.
    pub state: State,
    /// Texts in the reader's language.
    pub t: Texts,
    /// Path and query.
    pub path: String,
    /// Colours.
    pub theme: Theme,
    /// Who is signed in.
    pub signed: Option<Rc<Signed>>,
    /// Where the request comes from.
    pub address: IpAddr,
    cookies: Rc<Cookies>,
    takes_brotli: bool,
    if_none_match: Option<HeaderValue>,
}

impl Visit {
    /// What can be seen without asking the database: nobody is signed in yet.
    ///
    /// # Errors
    /// [`Failure::Internal`] when the scope was made without its state.
    pub fn glance(req: &HttpRequest) -> Result<Self, Failure> {
        let state = req
            .app_data::<web::Data<State>>()
            .ok_or_else(|| Failure::internal("no state"))?
            .get_ref()
            .clone();
        let headers = req.headers();
        let cookies = Cookies::read(headers);
        let signed = req.extensions().get::<Rc<Signed>>().cloned();
        let chosen = cookies.get(cookie::LANG).and_then(Locale::parse);
        let account = signed.as_ref().map(|signed| signed.member.locale());
        let locale = chosen
            .or(account)
            .unwrap_or_else(|| asked_language(headers));
        let theme = cookies
            .get(cookie::THEME)
            .and_then(Theme::parse)
            .unwrap_or(Theme::Auto);
        Ok(Self {
            t: state.texts.of(locale).clone(),
            path: req
                .uri()
                .path_and_query()
                .map_or_else(|| "/".to_owned(), |path| path.as_str().to_owned()),
            theme,
            signed,
            address: address(req, &state.settings.trusted_proxies),
            takes_brotli: takes_brotli(headers),
            if_none_match: headers.get(header::IF_NONE_MATCH).cloned(),
            cookies: Rc::new(cookies),
            state,
        })
    }

    fn has_session_cookie(&self) -> bool {
        self.cookies
            .get(cookie::session(self.state.secure_cookies))
            .is_some()
    }

    async fn look_up(mut self) -> Result<Self, Failure> {
        let secure = self.state.secure_cookies;
        let Some(token) = self.cookies.get(cookie::session(secure)).map(str::to_owned) else {
            return Ok(self);
        };
        let moment = self.state.moment()?;
        let Some(member) = session::authenticate(self.state.engine(), moment, &token).await? else {
            return Ok(self);
        };
        let uri = member.person_uri().to_owned();
        let is_admin = member.is_admin();
        let (held, (open_alarms, open_cities)) = self
            .state
            .store()
            .read(move |conn| {
                let held = person::by_uri(conn, &uri)?;
                let open = if is_admin {
                    (alarm::count_open(conn)?, handshake::count_open(conn)?)
                } else {
                    (0, 0)
                };
                Ok::<_, tequio_store::Error>((held, open))
            })
            .await?;
        let (person_id, display_name) = held.map_or_else(
            || (0, member.name().to_owned()),
            |row| (row.id, row.display_name),
        );
        if self.cookies.get(cookie::LANG).is_none() {
            self.t = self.state.texts.of(member.locale()).clone();
        }
        self.signed = Some(Rc::new(Signed {
            member,
            person_id,
            display_name,
            open_alarms,
            open_cities,
            token,
        }));
        Ok(self)
    }

    /// The member, or else a failure that leads to signing in and back here.
    ///
    /// # Errors
    /// [`Failure::SignIn`].
    pub fn member(&self) -> Result<&Signed, Failure> {
        self.signed
            .as_deref()
            .ok_or_else(|| Failure::SignIn(self.sign_in_href()))
    }

    /// The administrator. Others learn nothing about the page.
    ///
    /// # Errors
    /// [`Failure::SignIn`], [`Failure::NotFound`].
    pub fn admin(&self) -> Result<&Signed, Failure> {
        let signed = self.member()?;
        if signed.member.is_admin() {
            Ok(signed)
        } else {
            Err(Failure::NotFound)
        }
    }

    /// The member who sent a form of ours; whatever else happens, the typed text comes back.
    ///
    /// # Errors
    /// [`Failure::SessionEnded`], [`Failure::FormExpired`], both with what was typed.
    pub fn sender(&self, fields: &Fields) -> Result<&Signed, Failure> {
        let Some(signed) = self.signed.as_deref() else {
            return Err(Failure::SessionEnded(self.typed(fields)));
        };
        self.check(fields)?;
        Ok(signed)
    }

    /// Whether a form came from a page that we made for this session or browser.
    ///
    /// # Errors
    /// [`Failure::FormExpired`] with what was typed.
    pub fn check(&self, fields: &Fields) -> Result<(), Failure> {
        let expected = self.csrf();
        if !expected.is_empty() && same(&expected, fields.get("csrf")) {
            Ok(())
        } else {
            Err(Failure::FormExpired(self.typed(fields)))
        }
    }

    /// The long texts of a form, to be given back. Never secrets.
    #[must_use]
    pub fn typed(&self, fields: &Fields) -> Vec<Typed> {
        [
            "title",
            "body",
            "abstract",
            "display_name",
            "post",
            "summary",
        ]
        .into_iter()
        .map(|name| Typed {
            label: self.t.field(name),
            value: fields.get(name).to_owned(),
        })
        .filter(|typed| !typed.value.trim().is_empty())
        .collect()
    }

    /// The token of this session's or browser's forms; empty when there is neither.
    fn csrf(&self) -> String {
        let secure = self.state.secure_cookies;
        let secret = match &self.signed {
            Some(signed) => Some(signed.token.as_str()),
            None => self.cookies.get(cookie::before(secure)),
        };
        secret.map_or_else(String::new, csrf_of)
    }

    /// The frame of a page.
    #[must_use]
    pub fn frame(&self, title: impl Into<String>, section: Section) -> Frame {
        let t = &self.t;
        let settings = &self.state.settings;
        let (network_name, network_summary) = match t.locale() {
            Locale::Es => (&settings.network_name.es, &settings.network_summary.es),
            Locale::En => (&settings.network_name.en, &settings.network_summary.en),
        };
        let city_name = settings.engine.identity().city_name.clone();
        Frame {
            t: t.clone(),
            lang: t.locale().as_str(),
            theme: self.theme.as_str(),
            accent: self.state.accent,
            title: title.into(),
            description: String::new(),
            city_mark: initials(&city_name),
            city_name,
            network_name: network_name.clone(),
            network_summary: network_summary.clone(),
            css: self.state.assets.css_href.clone(),
            icons: self.state.assets.icons_href.clone(),
            path: self.path.clone(),
            nav: self.nav(section),
            who: self.signed.as_ref().map(|signed| Who {
                display_name: signed.display_name.clone(),
                is_admin: signed.member.is_admin(),
                open_alarms: signed.open_alarms,
                open_cities: signed.open_cities,
                is_outside: section == Section::Outside,
            }),
            sign_in: self.sign_in_href(),
            csrf: self.csrf(),
            notice: self
                .cookies
                .get(cookie::NOTICE)
                .and_then(|key| notice(t, key)),
            alternate: None,
            unlisted: false,
        }
    }

    /// The main navigation.
    fn nav(&self, section: Section) -> Vec<Link> {
        let t = &self.t;
        let nav = |href: &str, label: String, part: Section| Link {
            current: part == section,
            ..Link::new(href, label)
        };
        vec![
            nav("/", fl!(t, "nav-home"), Section::Topics),
            nav("/biblioteca", fl!(t, "nav-library"), Section::Library),
            nav("/ciudades", fl!(t, "nav-cities"), Section::Cities),
            nav("/red", fl!(t, "nav-network-short"), Section::Network),
        ]
    }

    /// Answers with a page. For visitors it is rendered once for each version of the database.
    ///
    /// # Errors
    /// The renderer's.
    pub async fn show<F>(&self, render: F) -> Result<HttpResponse, Failure>
    where
        F: Future<Output = Result<String, Failure>>,
    {
        let secure = self.state.secure_cookies;
        let is_personal = self.signed.is_some()
            || self.cookies.get(cookie::NOTICE).is_some()
            || self.cookies.get(cookie::before(secure)).is_some();
        if is_personal {
            return Ok(self.fresh(StatusCode::OK, render.await?));
        }
        self.show_as(HTML, render).await
    }

    /// Answers with something that is the same for all who read in one language: rendered once for each version
    /// of the database.
    ///
    /// # Errors
    /// The renderer's.
    pub async fn show_as<F>(&self, kind: HeaderValue, render: F) -> Result<HttpResponse, Failure>
    where
        F: Future<Output = Result<String, Failure>>,
    {
        let locale = self.t.locale().as_str();
        let key = format!("{locale} {} {}", self.theme.as_str(), self.path);
        let version = self.state.store().version();
        let boot = &self.state.boot_id;
        let page = self.state.cache.page(key, version, boot, render).await?;
        let (body, etag) = page.body(self.takes_brotli);
        let is_known = self.if_none_match.as_ref() == Some(&etag);
        let status = if is_known {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::OK
        };
        let mut response = HttpResponse::build(status);
        response
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
            .insert_header((
                header::VARY,
                HeaderValue::from_static("cookie, accept-language, accept-encoding"),
            ));
        if is_known {
            return Ok(response.finish());
        }
        if self.takes_brotli {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("br")));
        }
        response.insert_header((header::CONTENT_TYPE, kind));
        Ok(response.body(body))
    }

    /// Answers with a page that is nobody else's: of a member, or with a form.
    #[must_use]
    pub fn fresh(&self, status: StatusCode, html: String) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response
            .insert_header((header::CONTENT_TYPE, HTML))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if self.cookies.get(cookie::NOTICE).is_some() {
            let gone = cookie::gone(cookie::NOTICE, self.state.secure_cookies);
            response.append_header((header::SET_COOKIE, gone));
        }
        response.body(html)
    }

    /// Makes sure that this browser has a token for forms before anybody has signed in. Answers the
    /// cookie to set, when it is new.
    ///
    /// # Errors
    /// [`Failure::Internal`] without randomness.
    pub fn ensure_token(&mut self) -> Result<Option<String>, Failure> {
        let secure = self.state.secure_cookies;
        if self.signed.is_some() || self.cookies.get(cookie::before(secure)).is_some() {
            return Ok(None);
        }
        let token = tequio_protocol::random::token().map_err(Failure::internal)?;
        let mut cookies = Cookies::clone(&self.cookies);
        cookies.set(cookie::before(secure), &token);
        self.cookies = Rc::new(cookies);
        Ok(Some(cookie::for_browser(
            cookie::before(secure),
            &token,
            secure,
        )))
    }

    /// Goes on to another page after something was done, and says there what it was.
    #[must_use]
    pub fn done(&self, href: &str, notice: &'static str) -> HttpResponse {
        let secure = self.state.secure_cookies;
        let mut response = HttpResponse::SeeOther();
        response.insert_header((header::LOCATION, href));
        if !notice.is_empty() {
            let notice = cookie::brief(cookie::NOTICE, notice, secure);
            response.append_header((header::SET_COOKIE, notice));
        }
        response.finish()
    }

    fn sign_in_href(&self) -> String {
        if self.path == "/" || self.path.starts_with("/entrar") {
            return "/entrar".to_owned();
        }
        let back: String = url::form_urlencoded::byte_serialize(self.path.as_bytes()).collect();
        format!("/entrar?volver={back}")
    }

    /// Whether a compressed answer is understood.
    #[must_use]
    pub const fn takes_brotli(&self) -> bool {
        self.takes_brotli
    }

    /// What the browser sent.
    #[must_use]
    pub fn cookies(&self) -> &Cookies {
        &self.cookies
    }
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

impl FromRequest for Visit {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let glance = Self::glance(req);
        let is_visitor = glance
            .as_ref()
            .is_ok_and(|visit| !visit.has_session_cookie());
        if is_visitor {
            return Box::pin(std::future::ready(glance));
        }
        let req = req.clone();
        Box::pin(async move {
            let visit = glance?.look_up().await?;
            if let Some(signed) = &visit.signed {
                // For the error page, whose header shows who is signed in.
                req.extensions_mut().insert(Rc::clone(signed));
            }
            Ok(visit)
        })
    }
}
