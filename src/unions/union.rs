//! A student union as the database has it, with its departments, posts and turns, and the same as the rules see it. One file:
//! a field of the one is of use to nobody before the other has it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::{Date, OffsetDateTime};

use crate::{
    auth::person::Held,
    ids::{ClassId, CollegeId, DepartmentId, PostId, StudentId, TurnId, UnionId},
    name::order::{self, StrokeOrder},
    office::{Office, OfficeKind, UnionKeeper},
    people::student::CoursesCounted,
    rules::{
        measure::Measure,
        plan::Union,
        roster::{Level, Member, Post, Rank, Ranked},
        timeline::{Holding, Mandate, Organisation, Semester, Timeline, Turn, Unit, covers, term_in_words},
        yearly::{CongressYears, academic_year},
    },
    text::chinese_day,
    words::words,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentUnion {
    pub id: UnionId,
    pub kind: Union,
    /// Its college; none for the school's own.
    pub college: Option<CollegeId>,
    /// What people call it.
    pub name: String,
    /// The day on which it came under the rules.
    pub opened_on: Option<Date>,
}

impl StudentUnion {
    /// The school's offices see every union; a union's and a college's offices see their own.
    #[must_use]
    pub fn is_visible_to(&self, office: &Held) -> bool {
        match office.kind {
            OfficeKind::SchoolLeague
            | OfficeKind::DeputySecretary
            | OfficeKind::StudentAffairs
            | OfficeKind::SchoolParty => true,
            OfficeKind::SchoolUnion => self.kind == Union::School,
            OfficeKind::GraduateUnion => self.kind == Union::Graduate,
            OfficeKind::CollegeLeague | OfficeKind::CollegeParty | OfficeKind::CollegeUnion => {
                self.college.is_some() && self.college == office.college
            }
            OfficeKind::Administrator | OfficeKind::ClassBranch | OfficeKind::Student => false,
        }
    }

    /// The office appoints, ends and confirms: the School Youth League committee in all, a college's League organisation in
    /// its college's.
    #[must_use]
    pub fn is_managed_by(&self, office: &Held) -> bool {
        UnionKeeper::KINDS.contains(&office.kind) && self.is_visible_to(office)
    }

    /// The office that puts right what is amiss in it.
    #[must_use]
    pub fn mended_by(&self) -> OfficeKind {
        if self.kind == Union::College { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague }
    }

    /// The office is the one that puts right what is amiss in it, or acts for it.
    #[must_use]
    pub fn is_mended_by(&self, office: &Held) -> bool {
        let school = self.mended_by() == OfficeKind::SchoolLeague;
        self.is_managed_by(office) && school != (office.kind == OfficeKind::CollegeLeague)
    }

    /// Why a student cannot be a member on a day, in Chinese: they must be enrolled, of the union's college, and graduates
    /// where it is the graduates' union. None where they can.
    #[must_use]
    pub fn why_not_member(&self, fact: &StudentFacts, day: Date) -> Option<String> {
        if let Some(left) = fact.left_on.filter(|left| *left <= day) {
            return Some(format!("{}自{}起已不在校", fact.name, chinese_day(left)));
        }
        match self.kind {
            Union::College if self.college != Some(fact.college_id) => {
                Some(format!("{}在{}，不是本院系学生", fact.name, fact.college))
            }
            Union::Graduate if !fact.is_graduate() => Some(format!("{}不是研究生", fact.name)),
            _ => None,
        }
    }

    /// The office is that of the union's own officers, who propose and do not decide.
    #[must_use]
    pub fn is_own_of(&self, office: &Held) -> bool {
        let own = matches!(office.kind, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion | OfficeKind::CollegeUnion);
        own && self.is_visible_to(office)
    }
}

/// A union's name as papers have it: `示范学院学生会`, `示范学院信息工程系学生会`.
#[must_use]
pub fn name_in_full(institution: &str, name: &str) -> String {
    let name = match name {
        "校学生会" => "学生会",
        "校研究生会" => "研究生会",
        of_college => of_college,
    };
    format!("{institution}{name}")
}

/// The office sees ranks and failed courses of the people in a union. Students do not see each other's, whatever they do
/// for the union.
#[must_use]
pub fn sees_grades(office: OfficeKind) -> bool {
    !matches!(office, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion | OfficeKind::CollegeUnion)
}

words! {
    /// What kind of post.
    PostKind:
    Presidium = "presidium", "主席团成员";
    Head = "head", "部门负责人";
    Staff = "staff", "部门工作人员";
    /// Another one, found when the union was registered as it stood.
    Other = "other", "其他岗位";
}

impl PostKind {
    /// The kind of that stable word; anything else is another post.
    #[must_use]
    pub fn of(slug: &str) -> Self {
        slug.parse().unwrap_or(Self::Other)
    }

    #[must_use]
    pub fn of_post(post: &Post) -> Self {
        match post {
            Post::Presidium => Self::Presidium,
            Post::Head(_) => Self::Head,
            Post::Staff(_) => Self::Staff,
            Post::Other(_) => Self::Other,
        }
    }

    /// The post of this kind; `named` is its department, or its title where it is another one.
    #[must_use]
    pub fn post(self, named: &str) -> Post {
        match self {
            Self::Presidium => Post::Presidium,
            Self::Head => Post::Head(named.to_owned()),
            Self::Staff => Post::Staff(named.to_owned()),
            Self::Other => Post::Other(named.to_owned()),
        }
    }
}

impl From<String> for PostKind {
    fn from(slug: String) -> Self {
        Self::of(&slug)
    }
}

/// A post that somebody holds, held or will hold, with the person.
#[derive(Debug, Clone)]
pub struct PostRow {
    pub id: PostId,
    pub union: UnionId,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    pub class: String,
    pub entry_year: i32,
    pub kind: PostKind,
    pub department: Option<DepartmentId>,
    pub department_name: Option<String>,
    /// What another post is called.
    pub title: Option<String>,
    /// A seat on the presidium by today's plan, which may seat a 主席 there.
    pub seat: bool,
    pub from_day: Date,
    /// The first day on which it is held no more.
    pub until_day: Option<Date>,
    /// Whether the person came from a college union, by the roster or by the portal's own record of posts.
    pub from_college: Option<bool>,
    /// Marked as executive chair when the union was registered.
    pub marked_chair: bool,
    /// Registered as it stood, not appointed.
    pub registered: bool,
}

impl PostRow {
    /// The post as the rules see it.
    #[must_use]
    pub fn post(&self) -> Post {
        let named = if self.kind == PostKind::Other { &self.title } else { &self.department_name };
        self.kind.post(named.as_deref().unwrap_or_default())
    }

    #[must_use]
    pub fn label(&self) -> &str {
        match self.kind {
            PostKind::Other => self.title.as_deref().unwrap_or_default(),
            kind => kind.label(),
        }
    }

    /// The post's name with its department.
    #[must_use]
    pub fn label_with_place(&self) -> String {
        match &self.department_name {
            Some(department) => format!("{department} {}", self.label()),
            None => self.label().to_owned(),
        }
    }

    #[must_use]
    pub fn is_on(&self, day: Date) -> bool {
        covers(self.from_day, self.until_day, day)
    }

    #[must_use]
    pub fn has_ended(&self, day: &Date) -> bool {
        self.until_day.is_some_and(|until| until <= *day)
    }

    /// The term in words: `2026-09-14 起` or `2026-09-14 至 2027-01-14`, both days within it.
    #[must_use]
    pub fn term(&self) -> String {
        term_in_words(self.from_day, self.until_day)
    }
}

#[derive(Debug, Clone)]
pub struct Department {
    pub id: DepartmentId,
    pub union: UnionId,
    pub name: String,
    pub functions: String,
    /// The written ruling on functions that another organisation has too.
    pub ruling: Option<String>,
    /// The day on which its name or functions were last changed.
    pub changed_on: Option<Date>,
    pub from_day: Date,
    /// The first day on which it is no more.
    pub until_day: Option<Date>,
}

impl Department {
    /// The department as the rules see it.
    #[must_use]
    pub fn unit(&self) -> Unit {
        Unit {
            name: self.name.clone(),
            functions: self.functions.clone(),
            ruling: self.ruling.clone(),
            changed: self.changed_on,
            from: self.from_day,
            until: self.until_day,
        }
    }

    #[must_use]
    pub fn is_on(&self, day: Date) -> bool {
        covers(self.from_day, self.until_day, day)
    }

    #[must_use]
    pub fn term(&self) -> String {
        term_in_words(self.from_day, self.until_day)
    }
}

words! {
    /// How far a turn is.
    TurnState:
    Proposed = "proposed", "拟定";
    Confirmed = "confirmed", "已确认";
    Withdrawn = "withdrawn", "已撤回";
}

/// A turn of the executive chair.
#[derive(Debug, Clone)]
pub struct TurnRow {
    pub id: TurnId,
    pub union: UnionId,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub from_day: Date,
    /// The first day after it.
    pub until_day: Date,
    /// False while it is only proposed.
    pub confirmed: bool,
    /// What is handed to the next one.
    pub handover: Option<String>,
    pub handover_at: Option<OffsetDateTime>,
}

impl TurnRow {
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.until_day.previous_day().unwrap_or(self.until_day)
    }

    /// Its days for a sentence: `2026年9月1日至2027年1月31日`.
    #[must_use]
    pub fn days_in_words(&self) -> String {
        format!("{}至{}", chinese_day(self.from_day), chinese_day(self.last_day()))
    }

    /// The turn as the rules see it.
    #[must_use]
    pub fn turn(&self) -> Turn {
        Turn { number: self.number.clone(), name: self.name.clone(), from: self.from_day, until: self.until_day }
    }

    #[must_use]
    pub fn is_it(&self, id: &Option<TurnId>) -> bool {
        *id == Some(self.id)
    }

    #[must_use]
    pub fn is_on(&self, day: &Date) -> bool {
        covers(self.from_day, Some(self.until_day), *day)
    }
}

/// A 培养层次 as the database keeps it; none for a word that the rules do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudyLevel(pub Option<Level>);

impl From<String> for StudyLevel {
    fn from(slug: String) -> Self {
        Self(match slug.as_str() {
            "vocational" => Some(Level::Vocational),
            "undergraduate" => Some(Level::Undergraduate),
            "graduate" => Some(Level::Graduate),
            _ => None,
        })
    }
}

impl StudyLevel {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self.0 {
            Some(Level::Vocational) => "专科",
            Some(Level::Undergraduate) => "本科",
            Some(Level::Graduate) => "研究生",
            None => "",
        }
    }
}

/// What the rules ask of a student, as the portal knows it today.
#[derive(Debug, Clone)]
pub struct StudentFacts {
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college_id: CollegeId,
    pub college: String,
    pub major: String,
    pub class_id: ClassId,
    pub class: String,
    /// 男 or 女, where it is known.
    pub gender: Option<String>,
    pub level: StudyLevel,
    pub entry_year: i32,
    /// 政治面貌.
    pub political: Option<String>,
    /// The first day on which they are no student any more.
    pub left_on: Option<Date>,
    /// Rank in the major.
    pub rank: Option<i32>,
    /// Students of the major.
    pub cohort: Option<i32>,
    /// Places in rankings of anything else.
    pub other_ranks: Json<Vec<OtherRank>>,
    pub failed: Option<i32>,
    /// Of which courses they are counted, by its stable word.
    pub failed_of: Option<String>,
    /// Over what time the figures are counted, in words.
    pub period: Option<String>,
    pub source: Option<String>,
    /// When the figures were recorded.
    pub graded_at: Option<OffsetDateTime>,
    /// When the political status was last changed.
    pub political_at: Option<OffsetDateTime>,
    /// They hold or held a post in a college union, by the portal's own record.
    pub was_in_college_union: bool,
    /// See [`Member::pledged`].
    pub pledged: Option<i32>,
}

/// A place in a ranking of something else than the major, as the database gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherRank {
    /// Of what the ranking is, by its stable word.
    of: String,
    rank: u32,
    cohort: u32,
}

impl OtherRank {
    fn ranked(&self) -> Option<Ranked> {
        let rank = Rank { rank: self.rank, cohort: self.cohort };
        Measure::of_slug(&self.of).map(|of| Ranked { of, rank })
    }
}

impl StudentFacts {
    fn usual_rank(&self) -> Option<Rank> {
        let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        number(self.rank).zip(number(self.cohort)).map(|(rank, cohort)| Rank { rank, cohort })
    }

    /// Every ranking in which they have a place, that of the major first.
    #[must_use]
    pub fn rankings(&self) -> Vec<Ranked> {
        let usual = self.usual_rank().map(|rank| Ranked { of: Measure::USUAL, rank });
        usual.into_iter().chain(self.other_ranks.iter().filter_map(OtherRank::ranked)).collect()
    }

    /// Failed courses are counted of 必修课 alone.
    #[must_use]
    pub fn counts_required(&self) -> bool {
        self.failed_of.as_deref() == Some(CoursesCounted::Required.slug())
    }

    #[must_use]
    pub fn is_graduate(&self) -> bool {
        self.level.0 == Some(Level::Graduate)
    }

    /// The person as the rules see them; `from_college` is what an appointment says where the record says nothing.
    #[must_use]
    pub fn member(&self, from_college: Option<bool>, today: Date) -> Member {
        Member {
            number: self.number.clone(),
            name: self.name.clone(),
            college: Some(self.college.clone()),
            level: self.level.0,
            political: self.political.clone(),
            rank: self.usual_rank(),
            other_ranks: self.other_ranks.iter().filter_map(OtherRank::ranked).collect(),
            failed_courses: self.failed.and_then(|failed| u32::try_from(failed).ok()),
            failed_of_required: self.counts_required(),
            from_college_union: if self.was_in_college_union { Some(true) } else { from_college },
            first_year: Some(self.entry_year == academic_year(today)),
            pledged: self.pledged,
            posts: Vec::new(),
            chair: false,
        }
    }
}

/// A union with everything that the rules look at.
#[derive(Debug, Clone)]
pub struct Record {
    pub union: StudentUnion,
    /// Its posts, presidium first, then by department, then by the strokes of names, today's executive chair first; those
    /// that ended too.
    pub posts: Vec<PostRow>,
    /// Its departments in the order of their names' first day.
    pub departments: Vec<Department>,
    /// Turns that were proposed or confirmed, by day.
    pub turns: Vec<TurnRow>,
    /// Facts of the people in posts now or later.
    pub facts: Vec<StudentFacts>,
    /// In which order names stand.
    pub order: StrokeOrder,
    /// The union as the rules see it.
    pub timeline: Timeline,
}

/// What the database holds of a union and of its university's year.
#[derive(Debug)]
pub(super) struct Rows {
    pub posts: Vec<PostRow>,
    pub departments: Vec<Department>,
    pub turns: Vec<TurnRow>,
    pub facts: Vec<StudentFacts>,
    pub elected: Vec<Mandate>,
    pub semesters: Vec<Semester>,
    pub organisations: Vec<Organisation>,
    pub congresses: CongressYears,
    pub order: StrokeOrder,
    /// How many students the college has; none where the union is no college's.
    pub students: Option<u32>,
}

impl Rows {
    /// Puts the holders of one kind of post in one place in order by strokes, whoever is executive chair on a day first.
    fn put_in_order(&mut self, day: Date) {
        let begun = |turn: &&TurnRow| turn.confirmed && turn.from_day <= day;
        let rotates = self.turns.iter().any(|turn| begun(&turn));
        let on_duty: Vec<StudentId> =
            self.turns.iter().filter(begun).filter(|turn| turn.is_on(&day)).map(|turn| turn.student).collect();
        let chairs = |post: &PostRow| post.seat && (on_duty.contains(&post.student) || (post.marked_chair && !rotates));
        let of_one_kind = |one: &PostRow, next: &PostRow| {
            (one.department, one.kind, one.seat) == (next.department, next.kind, next.seat)
        };
        for holders in self.posts.chunk_by_mut(of_one_kind) {
            order::sort(holders, self.order, |post| &post.name);
            holders.sort_by_key(|post| !chairs(post));
        }
    }
}

impl Record {
    /// Puts together what the rules look at.
    pub(super) fn new(union: StudentUnion, mut rows: Rows, today: Date) -> Self {
        rows.put_in_order(today);
        let Rows { posts, departments, turns, facts, elected, semesters, organisations, congresses, order, students } =
            rows;
        let mut people: Vec<Member> = Vec::new();
        let mut holdings = Vec::new();
        for row in &posts {
            let known = people.iter().position(|person| person.number == row.number);
            let place = known.unwrap_or_else(|| {
                let fact = facts.iter().find(|fact| fact.student == row.student);
                people.push(fact.map_or_else(|| unknown(row), |fact| fact.member(row.from_college, today)));
                people.len() - 1
            });
            if let Some(person) = people.get_mut(place) {
                person.from_college_union = match (person.from_college_union, row.from_college) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (known, new) => known.or(new),
                };
            }
            holdings.push(Holding {
                person: place,
                post: row.post(),
                from: row.from_day,
                until: row.until_day,
                marked_chair: row.marked_chair,
            });
        }
        let timeline = Timeline {
            union: union.kind,
            students,
            people,
            holdings,
            units: departments.iter().map(Department::unit).collect(),
            turns: turns.iter().filter(|turn| turn.confirmed).map(TurnRow::turn).collect(),
            opened: union.opened_on,
            elected,
            semesters,
            organisations,
            congresses: Some(congresses),
        };
        Self { union, posts, departments, turns, facts, order, timeline }
    }

    /// The union as the rules see it when these students leave on a day.
    #[must_use]
    pub fn without(&self, gone: &HashSet<StudentId>, day: Date) -> Timeline {
        let leaving = self.posts.iter().filter(|post| gone.contains(&post.student)).map(|post| post.id).collect();
        self.ending(&leaving, day)
    }

    /// The union as the rules see it when these posts end on a day. Whoever is left without a post on the presidium has no
    /// turn of the executive chair either.
    #[must_use]
    pub fn ending(&self, ended: &HashSet<PostId>, day: Date) -> Timeline {
        let mut timeline = self.timeline.clone();
        // The rules' terms stand in the order of the posts.
        for (holding, _) in timeline.holdings.iter_mut().zip(&self.posts).filter(|(_, post)| ended.contains(&post.id)) {
            let end = day.max(holding.from);
            holding.until = Some(holding.until.map_or(end, |until| until.min(end)));
        }
        let presides = |student: StudentId| {
            let stays = |post: &&PostRow| post.student == student && !ended.contains(&post.id) && !post.has_ended(&day);
            self.posts.iter().filter(stays).any(|post| post.seat)
        };
        let turns = self.turns.iter().filter(|turn| turn.confirmed);
        for (turn, row) in timeline.turns.iter_mut().zip(turns) {
            if row.until_day > day && !presides(row.student) {
                turn.until = turn.until.min(day.max(turn.from));
            }
        }
        timeline
    }

    /// How many people sit on the presidium on a day, each counted once.
    #[must_use]
    pub fn seated_on(&self, day: Date) -> usize {
        people(self.posts_on(day).filter(|post| post.seat))
    }

    pub fn posts_on(&self, day: Date) -> impl Iterator<Item = &PostRow> {
        self.posts.iter().filter(move |post| post.is_on(day))
    }

    /// How many people hold a post on a day.
    #[must_use]
    pub fn people_on(&self, day: Date) -> usize {
        people(self.posts_on(day))
    }

    pub fn departments_on(&self, day: Date) -> impl Iterator<Item = &Department> {
        self.departments.iter().filter(move |department| department.is_on(day))
    }

    /// Who is on duty on a day: by a confirmed turn, or by the mark with which the union was registered.
    pub fn chairs_on(&self, day: Date) -> impl Iterator<Item = &str> {
        let marked = !self.timeline.rotates_on(day);
        let by_turn =
            self.turns.iter().filter(move |turn| turn.confirmed && turn.is_on(&day)).map(|turn| turn.name.as_str());
        by_turn.chain(self.posts_on(day).filter(move |post| marked && post.marked_chair).map(|post| post.name.as_str()))
    }
}

/// How many people hold these posts.
fn people<'a>(posts: impl Iterator<Item = &'a PostRow>) -> usize {
    posts.map(|post| post.student).collect::<HashSet<_>>().len()
}

/// Somebody whose post has ended: the rules look at their past posts and no longer at them.
fn unknown(row: &PostRow) -> Member {
    Member {
        number: row.number.clone(),
        name: row.name.clone(),
        college: Some(row.college.clone()),
        level: None,
        political: None,
        rank: None,
        other_ranks: Vec::new(),
        failed_courses: None,
        failed_of_required: false,
        from_college_union: row.from_college,
        first_year: None,
        pledged: None,
        posts: Vec::new(),
        chair: false,
    }
}
