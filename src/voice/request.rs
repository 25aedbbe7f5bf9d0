//! A request of a student, the office that answers it, and what was done.

use time::{Date, OffsetDateTime};

use crate::{
    clock::CHINA,
    ids::{VoiceRequestId, VoiceUnitId},
    office::OfficeKind,
    rules::{
        proposal::Satisfaction,
        voice::{Area, Ending, PRACTICE, Stage, Within},
    },
    words::words,
};

/// The most pictures of a request.
pub const MOST_PICTURES: i16 = 3;

words! {
    /// The union that takes a request up.
    Receiver:
    School = "school", "校学生会";
    Graduate = "graduate", "校研究生会";
    College = "college", "院系学生会";
}

impl Receiver {
    /// The office of the portal in which that union acts.
    #[must_use]
    pub fn office(self) -> OfficeKind {
        match self {
            Self::School => OfficeKind::SchoolUnion,
            Self::Graduate => OfficeKind::GraduateUnion,
            Self::College => OfficeKind::CollegeUnion,
        }
    }
}

words! {
    /// Who learns the name of whoever asks.
    Identity:
    Named = "named", "实名：办理的学生会、校团委和答复单位能看到我的姓名";
    Answering = "answering", "仅答复单位可见：只有答复我的单位能看到我的姓名";
    Anonymous = "anonymous", "匿名：任何单位都看不到是谁提的，凭查询码看答复";
}

impl Identity {
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Self::Named => "实名",
            Self::Answering => "仅答复单位可见",
            Self::Anonymous => "匿名",
        }
    }
}

words! {
    /// What was done to a request.
    EventKind:
    Received = "received", "提出";
    Sent = "sent", "接收并交办";
    SentOn = "sent_on", "转办";
    Answered = "answered", "答复";
    SentBack = "sent_back", "本人不满意，退回再办";
    Confirmed = "confirmed", "本人确认";
    Instructed = "instructed", "校团委督办";
    Withdrawn = "withdrawn", "本人撤回";
}

/// What was done to a request. By whom is an office, never the student.
#[derive(Debug, Clone)]
pub struct Event {
    pub kind: EventKind,
    pub at: OffsetDateTime,
    pub office: String,
    pub says: String,
}

/// An office of the university that answers requests.
#[derive(Debug, Clone)]
pub struct Unit {
    pub id: VoiceUnitId,
    pub name: String,
    pub duties: String,
    /// The office of the portal in which it answers itself.
    pub office: Option<OfficeKind>,
}

/// How a university handles requests.
#[derive(Debug, Clone)]
pub struct Settings {
    pub within: Within,
    /// A line each: a name and a number.
    pub emergency: String,
}

impl Default for Settings {
    /// What is usual, and the numbers that are the same everywhere.
    fn default() -> Self {
        Self {
            within: PRACTICE, emergency: "报警 110\n急救 120\n火警 119\n全国统一心理援助热线 12356".to_owned()
        }
    }
}

/// A number to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hotline {
    pub name: String,
    pub number: String,
}

impl Hotline {
    /// `校保卫处 0512-6500110`: the number is the last word.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let (name, number) = line.trim().rsplit_once(char::is_whitespace)?;
        let fits = (3..=20).contains(&number.len())
            && number.starts_with(|c: char| c.is_ascii_digit() || c == '+')
            && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
        fits.then(|| Self { name: name.trim().to_owned(), number: number.to_owned() })
    }
}

impl Settings {
    #[must_use]
    pub fn hotlines(&self) -> Vec<Hotline> {
        self.emergency.lines().filter_map(Hotline::read).collect()
    }
}

/// A request, as whoever looks may see it.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is another question of the pages")]
pub struct VoiceRequest {
    pub id: VoiceRequestId,
    pub number: i32,
    pub receiver: Receiver,
    pub college: Option<String>,
    pub area: Area,
    pub title: String,
    pub says: String,
    pub place: String,
    pub identity: Identity,
    /// Who asks, where the viewer may know.
    pub author: Option<String>,
    pub may_publish: bool,
    pub is_public: bool,
    pub stage: Stage,
    pub received_at: OffsetDateTime,
    pub take_up_due: OffsetDateTime,
    /// Who was asked first, where it is not the receiving union.
    pub lead: Option<String>,
    pub unit: Option<String>,
    /// The unit answers in the portal itself.
    pub online: bool,
    pub due_on: Option<Date>,
    pub turn: i16,
    pub answer: Option<String>,
    pub ending: Option<Ending>,
    pub answered_at: Option<OffsetDateTime>,
    pub satisfaction: Option<Satisfaction>,
    pub remark: Option<String>,
    /// How many say that it concerns them too.
    pub supports: i64,
    /// The viewer is one of them.
    pub supported: bool,
    pub pictures: i16,
    /// The viewer's office answers it, or was asked first.
    pub handles: bool,
    /// The viewer's office is the union that received it, or stands above that.
    pub keeps: bool,
}

impl VoiceRequest {
    #[must_use]
    pub fn number_in_words(&self) -> String {
        format!("诉求第 {} 号", self.number)
    }

    /// The union that takes it up, in words.
    #[must_use]
    pub fn receiver_in_words(&self) -> String {
        match &self.college {
            Some(college) => format!("{college}学生会"),
            None => self.receiver.label().to_owned(),
        }
    }

    /// Who handles it now.
    #[must_use]
    pub fn handler(&self) -> String {
        self.unit.clone().unwrap_or_else(|| self.receiver_in_words())
    }

    /// Who was asked first and stays responsible.
    #[must_use]
    pub fn responsible(&self) -> String {
        self.lead.clone().unwrap_or_else(|| self.receiver_in_words())
    }

    /// It was sent on since.
    #[must_use]
    pub fn was_sent_on(&self) -> bool {
        self.lead != self.unit
    }

    #[must_use]
    pub fn is_overdue(&self, now: &OffsetDateTime) -> bool {
        match self.stage {
            Stage::Received => self.take_up_due < *now,
            Stage::Sent => self.due_on.is_some_and(|due| due < now.to_offset(CHINA).date()),
            Stage::Answered | Stage::Confirmed | Stage::Withdrawn => false,
        }
    }

    #[must_use]
    pub fn is_received(&self) -> bool {
        self.stage == Stage::Received
    }

    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.stage == Stage::Sent
    }

    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.stage == Stage::Answered
    }

    /// Its answer can be read by all.
    #[must_use]
    pub fn has_public_answer(&self) -> bool {
        self.is_public && matches!(self.stage, Stage::Answered | Stage::Confirmed)
    }

    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.identity == Identity::Anonymous
    }

    /// The first answer may be sent back.
    #[must_use]
    pub fn may_be_sent_back(&self) -> bool {
        self.is_answered() && self.turn == 1
    }

    /// Another picture may be added.
    #[must_use]
    pub fn takes_pictures(&self) -> bool {
        self.stage.is_open() && self.pictures < MOST_PICTURES
    }

    /// Who asks, as the viewer may know.
    #[must_use]
    pub fn author_in_words(&self) -> &str {
        self.author.as_deref().unwrap_or(match self.identity {
            Identity::Named => "姓名已删除",
            Identity::Answering => "姓名只有答复单位能看到",
            Identity::Anonymous => "匿名",
        })
    }

    /// Where it stands, with the tone of its tag.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match (self.stage, self.ending) {
            (Stage::Confirmed, Some(ending)) => ending.label(),
            _ if self.stage == Stage::Sent && self.turn > 1 => "再次办理中",
            _ => self.stage.label(),
        }
    }
}
