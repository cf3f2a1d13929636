//! Fills a city with the kit's made-up members and content, through the same commands as the pages.
//!
//! Each city writes what its own people say, in the order of the dates, and waits for a post of
//! another city before it answers it: so everything really travels.

mod founding;

use std::{
    collections::HashMap,
    convert::Infallible,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::stream;
use tequio_domain::{Locale, Oid, Role, Timestamp, kit};
use tequio_engine::{
    Engine, Error, Member, Moment, account, comment, follow, knowledge, post, thread, upload, vote,
};
use tequio_protocol::digest::sha256;
use tequio_store::object::{self, detail};

use crate::kits::{self, Sample};

/// The password of every made-up member.
pub(crate) const PASSWORD: &str = "tequio-ayuda-urbana";

/// One city's share of the sample content.
pub(crate) struct Feeder {
    engine: Engine,
    kit: String,
    /// Base address by city.
    cities: HashMap<String, String>,
    /// City by member.
    homes: HashMap<String, String>,
    members: HashMap<String, Member>,
    steps: Vec<Step>,
    /// Threads by their keys.
    threads: HashMap<String, Oid>,
    /// What the coordinating city of each topic ranks.
    priorities: Vec<(String, kit::SamplePriorities)>,
    done: PathBuf,
}

/// One act of one of our members.
struct Step {
    at: Timestamp,
    author: String,
    act: Act,
}

enum Act {
    Knowledge {
        topic: String,
        object: Box<kit::SampleObject>,
        origin: Option<Oid>,
    },
    Thread {
        topic: String,
        thread: Box<kit::SampleThread>,
    },
    Reply {
        parent: Oid,
        reply: Box<kit::SampleReply>,
        label: String,
    },
    Accept {
        thread: Oid,
        comment: Oid,
    },
    Vote {
        object: Oid,
    },
}

/// The file that says that a city has said everything.
pub(crate) fn done_file(data: &Path) -> PathBuf {
    data.join("sample-content.done")
}

impl Feeder {
    /// Prepares the share of the engine's city; `cities` are the base addresses of all cities.
    pub(crate) fn new(
        engine: Engine,
        kit: &str,
        sample: Sample,
        cities: HashMap<String, String>,
        data: &Path,
    ) -> Result<Self, Error> {
        let homes: HashMap<String, String> = sample
            .people
            .iter()
            .map(|p| (p.name.clone(), p.city.clone()))
            .collect();
        let mut feeder = Self {
            engine,
            kit: kit.to_owned(),
            cities,
            homes,
            members: HashMap::new(),
            steps: Vec::new(),
            threads: HashMap::new(),
            priorities: Vec::new(),
            done: done_file(data),
        };
        feeder.plan(&sample)?;
        Ok(feeder)
    }

    /// Does everything once; what is there already is left alone.
    pub(crate) async fn run(
        mut self,
        people: Vec<kit::SamplePerson>,
        coordination: Option<kit::Coordination>,
    ) -> Result<(), Error> {
        if self.done.exists() {
            return Ok(());
        }
        self.make_members(people).await?;
        for step in std::mem::take(&mut self.steps) {
            self.take(step).await?;
        }
        if let Some(coordination) = &coordination {
            self.found_coordination(coordination).await?;
            self.rank_priorities(coordination).await?;
        }
        std::fs::write(&self.done, "").map_err(|error| Error::Internal(error.to_string()))?;
        tracing::info!("sample content written");
        Ok(())
    }

    async fn make_members(&mut self, people: Vec<kit::SamplePerson>) -> Result<(), Error> {
        let here = self.engine.identity().city.to_string();
        let began = Timestamp::parse_rfc3339("2026-01-15T15:00:00Z").unwrap_or(crate::clock::now());
        let mut role = Role::Admin; // The first of each city runs it.
        for person in people.into_iter().filter(|person| person.city == here) {
            let moment = moment(began, &format!("person {}", person.name));
            let new = account::NewAccount {
                name: person.name.clone(),
                display_name: person.display_name,
                post: person.post,
                password: PASSWORD.to_owned(),
                locale: Locale::Es,
            };
            match account::create_as_operator(&self.engine, moment, new, role).await {
                Ok(_) => {}
                Err(Error::Invalid(invalid)) if invalid.need == "name-taken" => {}
                Err(other) => return Err(other),
            }
            role = Role::Member;
            let member = account::member(&self.engine, &person.name).await?;
            self.members.insert(person.name, member);
        }
        Ok(())
    }

    /// Our steps, in the order of their dates.
    fn plan(&mut self, sample: &Sample) -> Result<(), Error> {
        for (topic, library, threads, priorities) in &sample.topics {
            self.priorities.push((topic.clone(), priorities.clone()));
            let by_key: HashMap<&str, &kit::SampleObject> = library
                .objects
                .iter()
                .map(|object| (object.key.as_str(), object))
                .collect();
            for object in &library.objects {
                self.plan_object(topic, object, &by_key)?;
            }
            for thread in &threads.threads {
                self.plan_thread(topic, thread)?;
            }
        }
        let here = self.engine.identity().city.to_string();
        let homes = &self.homes;
        self.steps
            .retain(|step| homes.get(&step.author) == Some(&here));
        self.steps
            .sort_by(|a, b| (a.at, &a.author).cmp(&(b.at, &b.author)));
        Ok(())
    }

    fn plan_object(
        &mut self,
        topic: &str,
        object: &kit::SampleObject,
        by_key: &HashMap<&str, &kit::SampleObject>,
    ) -> Result<(), Error> {
        let at = time(&object.at)?;
        let origin = match object
            .adaptation_of
            .as_deref()
            .and_then(|key| by_key.get(key))
        {
            None => None,
            Some(origin) => Some(self.oid(&origin.author, time(&origin.at)?, &origin.key)?),
        };
        let oid = self.oid(&object.author, at, &object.key)?;
        self.plan_votes(oid, &object.key, &object.author, at);
        self.steps.push(Step {
            at,
            author: object.author.clone(),
            act: Act::Knowledge {
                topic: topic.to_owned(),
                object: Box::new(object.clone()),
                origin,
            },
        });
        Ok(())
    }

    fn plan_thread(&mut self, topic: &str, thread: &kit::SampleThread) -> Result<(), Error> {
        let at = time(&thread.at)?;
        let root = self.oid(&thread.author, at, &thread.key)?;
        self.threads.insert(thread.key.clone(), root);
        let mut oids = HashMap::from([(String::new(), root)]);
        for reply in &thread.replies {
            let replied_at = time(&reply.at)?;
            let label = format!("{}#{}", thread.key, reply.key);
            let oid = self.oid(&reply.author, replied_at, &label)?;
            let parent = oids.get(&reply.to).copied().unwrap_or(root);
            if reply.accepted {
                self.plan_votes(oid, &label, &reply.author, replied_at);
                let act = Act::Accept {
                    thread: root,
                    comment: oid,
                };
                let at = replied_at.plus_seconds(3600);
                self.steps.push(Step {
                    at,
                    author: thread.author.clone(),
                    act,
                });
            }
            oids.insert(reply.key.clone(), oid);
            let author = reply.author.clone();
            let act = Act::Reply {
                parent,
                reply: Box::new(reply.clone()),
                label,
            };
            self.steps.push(Step {
                at: replied_at,
                author,
                act,
            });
        }
        let (author, topic) = (thread.author.clone(), topic.to_owned());
        let act = Act::Thread {
            topic,
            thread: Box::new(thread.clone()),
        };
        self.steps.push(Step { at, author, act });
        Ok(())
    }

    /// Some people find some things useful: a fixed, made-up choice.
    fn plan_votes(&mut self, object: Oid, label: &str, author: &str, at: Timestamp) {
        let voters = self.homes.keys().filter(|name| {
            let draw = sha256(format!("{name} {label}").as_bytes());
            name.as_str() != author && draw.as_bytes().first().is_some_and(|byte| *byte < 26)
        });
        let at = at.plus_seconds(7200);
        let steps: Vec<Step> = voters
            .map(|name| Step {
                at,
                author: name.clone(),
                act: Act::Vote { object },
            })
            .collect();
        self.steps.extend(steps);
    }

    /// The identity that an author's city gives to a post: every city can compute it beforehand.
    fn oid(&self, author: &str, at: Timestamp, label: &str) -> Result<Oid, Error> {
        let home = self
            .homes
            .get(author)
            .and_then(|city| self.cities.get(city));
        let base_url =
            home.ok_or_else(|| Error::Internal(format!("{author} has no city in this network")))?;
        Ok(moment(at, label).object_oid(base_url))
    }

    async fn take(&self, step: Step) -> Result<(), Error> {
        let member = self.members.get(&step.author).ok_or(Error::NotFound)?;
        match step.act {
            Act::Knowledge {
                topic,
                object,
                origin,
            } => {
                self.add_knowledge(member, step.at, topic, *object, origin)
                    .await
            }
            Act::Thread { topic, thread } => {
                let moment = moment(step.at, &thread.key);
                if self.is_here(moment.object_oid(self.base_url())).await? {
                    return Ok(());
                }
                follow::follow(&self.engine, member, moment, &topic).await?;
                let kit::SampleThread {
                    kind, title, body, ..
                } = *thread;
                let new = thread::NewThread {
                    topic,
                    kind,
                    title,
                    body,
                };
                thread::open(&self.engine, member, moment, new)
                    .await
                    .map(drop)
            }
            Act::Reply {
                parent,
                reply,
                label,
            } => {
                let moment = moment(step.at, &label);
                if self.is_here(moment.object_oid(self.base_url())).await? {
                    return Ok(());
                }
                self.wait_for(parent).await?;
                comment::add(&self.engine, member, moment, parent, &reply.body)
                    .await
                    .map(drop)
            }
            Act::Accept { thread, comment } => {
                self.wait_for(comment).await?;
                if self.is_answered(thread).await? {
                    return Ok(());
                }
                let moment = moment(step.at, &format!("accept {comment}"));
                post::accept(&self.engine, member, moment, thread, Some(comment)).await
            }
            Act::Vote { object } => {
                self.wait_for(object).await?;
                let moment = moment(step.at, &format!("vote {object} {}", step.author));
                vote::set_useful(&self.engine, member, moment, object, vote::Vote::Useful).await
            }
        }
    }

    async fn add_knowledge(
        &self,
        member: &Member,
        at: Timestamp,
        topic: String,
        object: kit::SampleObject,
        origin: Option<Oid>,
    ) -> Result<(), Error> {
        let moment = moment(at, &object.key);
        if self.is_here(moment.object_oid(self.base_url())).await? {
            return Ok(());
        }
        if let Some(origin) = origin {
            self.wait_for(origin).await?;
        }
        let mut files = Vec::new();
        for name in &object.files {
            let bytes = kits::file(&self.kit, name).map_err(|e| Error::Internal(e.to_string()))?;
            let bytes = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
            files.push(upload::put(&self.engine, moment, name, bytes).await?);
        }
        let new = knowledge::NewKnowledge {
            topic,
            kind: object.kind,
            audience: Some(object.audience),
            license: object.license,
            title: object.title,
            summary: object.summary,
            body: object.body,
            files,
            adaptation_of: origin,
        };
        knowledge::add(&self.engine, member, moment, new)
            .await
            .map(drop)
    }

    fn base_url(&self) -> &str {
        &self.engine.identity().base_url
    }

    async fn is_here(&self, oid: Oid) -> Result<bool, Error> {
        let oid = oid.to_string();
        let held = self
            .engine
            .store()
            .read(move |conn| object::by_oid(conn, &oid))
            .await?;
        Ok(held.is_some())
    }

    async fn is_answered(&self, thread: Oid) -> Result<bool, Error> {
        let held = self
            .engine
            .store()
            .read(move |conn| {
                let held = object::by_oid(conn, &thread.to_string())?;
                held.map(|held| detail::thread(conn, held.id)).transpose()
            })
            .await?;
        Ok(held
            .flatten()
            .is_some_and(|thread| thread.answer_uri.is_some()))
    }

    /// Returns when another city's post has come.
    async fn wait_for(&self, oid: Oid) -> Result<(), Error> {
        let mut changed = self.engine.store().changed();
        while !self.is_here(oid).await? {
            changed
                .changed()
                .await
                .map_err(|error| Error::Internal(error.to_string()))?;
        }
        Ok(())
    }
}

/// A moment that every city computes alike: made-up content has no secrets.
fn moment(at: Timestamp, label: &str) -> Moment {
    Moment::new(
        at,
        *sha256(format!("sample content: {label}").as_bytes()).as_bytes(),
    )
}

fn time(text: &str) -> Result<Timestamp, Error> {
    Timestamp::parse_rfc3339(text).ok_or_else(|| Error::Internal(format!("{text} is no time")))
}
