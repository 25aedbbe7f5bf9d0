//! The overviews as they were judged last. A union whose facts are still the same is not judged again; the facts are told by
//! their stamps in the database ([`store::fact_stamps`]), which every portal changes, or are few and compared themselves. Nothing
//! here is ever told to forget: what is kept is looked at with the stamps of the moment or not at all.

use std::{
    collections::{HashMap, VecDeque},
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use axum::extract::FromRef;
use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    app::App,
    auth::person::Held,
    failure::Failure,
    ids::{InstitutionId, UnionId},
    office::OfficeKind,
    rules::{Outcome, adoption::Calendar, plan::Union},
    unions::{
        owed::{OfficersOwed, WorkOwed},
        pages::compliance::judged::{JudgedUnion, Judging},
        store::{self, DirectRow, FactStamps},
        trend::coming_days,
        union::{Record, StudentUnion},
    },
};

/// Unions kept in memory, of all overviews together: some 20 kB each.
const MOST_KEPT: usize = 1_500;

/// Who looks at which university. Who sees all of it sees it alike in one kind of office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OverviewReader {
    institution: InstitutionId,
    office: OfficeKind,
}

/// What a union was judged from. Where any of it is another, the union is judged anew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnionMark {
    union: StudentUnion,
    stamps: Vec<Uuid>,
    work: WorkOwed,
}

#[derive(Debug)]
struct KeptUnion {
    mark: UnionMark,
    judged: JudgedUnion,
}

/// All unions of a university, or those that were asked for, as they stand on a day.
#[derive(Debug)]
pub(super) struct Overview {
    day: Date,
    /// The stamps on what unions share.
    shared: Vec<Uuid>,
    unions: HashMap<UnionId, Arc<KeptUnion>>,
    /// The days to come on which people come to posts.
    pub coming: Vec<Date>,
    /// Posts of the university that somebody came to past the vetting chain.
    pub direct: Arc<Vec<DirectRow>>,
}

impl Overview {
    pub(super) fn of(&self, union: UnionId) -> Option<&JudgedUnion> {
        self.unions.get(&union).map(|kept| &kept.judged)
    }
}

/// What is to be judged, and on which day.
pub(in crate::unions) struct AskedOverview<'a> {
    pub institution: InstitutionId,
    pub office: &'a Held,
    pub unions: Vec<StudentUnion>,
    pub plans: Calendar,
    pub day: Date,
    /// Read before anything else.
    pub stamps: FactStamps,
    pub now: OffsetDateTime,
    pub today: Date,
    /// They are all of the university's, on the day of today: the overview is kept.
    pub is_whole: bool,
    /// The ends of months and the days to come are asked for too.
    pub with_days: bool,
}

/// A union that is to be judged, read whole.
struct UnionToJudge {
    mark: UnionMark,
    record: Record,
    officers: OfficersOwed,
}

/// What was read, and what of it is to be judged.
pub(super) struct ReadOverview {
    reader: OverviewReader,
    /// As it was kept, where nothing changed.
    same: Option<Arc<Overview>>,
    is_whole: bool,
    shared: Vec<Uuid>,
    /// What stays as it was judged.
    standing: HashMap<UnionId, Arc<KeptUnion>>,
    changed: Vec<UnionToJudge>,
    judging: Judging,
    direct: Arc<Vec<DirectRow>>,
}

/// The state of the overview: the application, and what was judged last.
#[derive(Debug, Clone, FromRef)]
pub struct Overviews {
    app: App,
    kept: Arc<KeptOverviews>,
}

/// The last one is the one looked at last.
#[derive(Debug, Default)]
struct KeptOverviews(Mutex<VecDeque<KeptOverview>>);

#[derive(Debug, Clone)]
struct KeptOverview {
    reader: OverviewReader,
    overview: Arc<Overview>,
}

impl KeptOverviews {
    fn of(&self, reader: OverviewReader) -> Option<Arc<Overview>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|one| one.reader == reader).map(|one| Arc::clone(&one.overview))
    }

    /// Keeps an overview in the place of the one before; those that nobody looked at for the longest time go.
    fn keep(&self, new: KeptOverview) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.reader != new.reader);
        kept.push_back(new);
        let unions = |kept: &VecDeque<KeptOverview>| kept.iter().map(|one| one.overview.unions.len()).sum::<usize>();
        while unions(&kept) > MOST_KEPT {
            kept.pop_front();
        }
    }
}

impl Deref for Overviews {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// What a union is judged from, as far as stamps and a few figures say it.
fn marks(asked: &mut AskedOverview<'_>, mut work: HashMap<UnionId, WorkOwed>) -> Vec<UnionMark> {
    // The school's and the graduates' unions ask who came from a college's, so that they change with every other.
    let mut all: Vec<Uuid> = asked.stamps.of_unions.values().flatten().copied().collect();
    all.sort_unstable();
    let (unions, stamps) = (std::mem::take(&mut asked.unions), &mut asked.stamps.of_unions);
    let mark = |union: StudentUnion| {
        let own = stamps.remove(&union.id).unwrap_or_default();
        let stamps = if union.kind == Union::College { own } else { all.clone() };
        UnionMark { stamps, work: work.remove(&union.id).unwrap_or_default(), union }
    };
    unions.into_iter().map(mark).collect()
}

async fn records(
    db: &mut PgConnection,
    institution: InstitutionId,
    marks: &[UnionMark],
    day: Date,
) -> Result<Vec<Record>, Failure> {
    if marks.is_empty() {
        return Ok(Vec::new());
    }
    let unions = marks.iter().map(|mark| mark.union.clone()).collect();
    store::records(db, institution, unions, day).await
}

/// Judges some of the unions, on one core.
fn judge(judging: &Judging, unions: Vec<UnionToJudge>) -> Vec<KeptUnion> {
    let looked_at = judging.looked_at();
    let one = |UnionToJudge { mark, record, officers }| {
        let judged = judging.judge(&record, &officers, &mark.work, &looked_at);
        KeptUnion { mark, judged }
    };
    unions.into_iter().map(one).collect()
}

impl Overviews {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), kept: Arc::default() }
    }

    /// How many rules that bind each of the unions breaks.
    pub(in crate::unions) async fn breaches(
        &self,
        db: &mut PgConnection,
        asked: AskedOverview<'_>,
    ) -> Result<Vec<usize>, Failure> {
        let read = self.read_changed(db, asked).await?;
        let overview = self.judged(read).await?;
        let of_union = |union: &Arc<KeptUnion>| {
            let found = union.judged.found.iter().flatten();
            found.filter(|finding| finding.verdict == Outcome::Fail).count()
        };
        Ok(overview.unions.values().map(of_union).collect())
    }

    /// Reads the unions that are not as they were when they were judged last.
    pub(super) async fn read_changed(
        &self,
        db: &mut PgConnection,
        mut asked: AskedOverview<'_>,
    ) -> Result<ReadOverview, Failure> {
        let (institution, today, day) = (asked.institution, asked.today, asked.day);
        let reader = OverviewReader { institution, office: asked.office.kind };
        let one = if let [one] = asked.unions.as_slice() { Some(one.id) } else { None };
        let work = WorkOwed::load(db, institution, one, asked.now).await?;
        let marks = marks(&mut asked, work);
        let kept = self.kept.of(reader).filter(|kept| {
            asked.is_whole && kept.day == day && kept.shared == asked.stamps.shared && kept.unions.len() == marks.len()
        });
        let (mut standing, mut changed) = (HashMap::new(), Vec::new());
        for mark in marks {
            let was = kept.as_ref().and_then(|kept| kept.unions.get(&mark.union.id));
            match was.filter(|was| was.mark == mark) {
                Some(was) => drop(standing.insert(mark.union.id, Arc::clone(was))),
                None => changed.push(mark),
            }
        }
        let mut records = records(db, institution, &changed, day).await?;
        let coming = if asked.with_days {
            let begins = records.iter().flat_map(|record| record.posts.iter().map(|post| post.from_day));
            coming_days(begins.chain(standing.values().flat_map(|one| one.judged.days.starting())), day)
        } else {
            Vec::new()
        };
        if kept.as_ref().is_some_and(|kept| kept.coming != coming) {
            // A new day to come has to be judged in every union.
            let others: Vec<UnionMark> = standing.drain().map(|(_, one)| one.mark.clone()).collect();
            records.extend(self::records(db, institution, &others, day).await?);
            changed.extend(others);
        }
        let ids: Vec<UnionId> = changed.iter().map(|mark| mark.union.id).collect();
        let (mut officers, mut reasons, mut own) = (HashMap::new(), Vec::new(), Vec::new());
        if !ids.is_empty() {
            officers = OfficersOwed::load(db, institution, &ids, today).await?;
            reasons = store::reasons(db, &ids).await?;
            if asked.plans.in_force(day).is_some_and(|plan| !plan.own.is_empty()) {
                own = store::own_facts(db, institution, one).await?;
            }
        }
        let same = kept.filter(|_| changed.is_empty());
        let direct = match &same {
            Some(kept) => Arc::clone(&kept.direct),
            None => Arc::new(store::direct_appointments(db, institution, today).await?),
        };
        let whole = changed.into_iter().zip(records).map(|(mark, record)| {
            let officers = officers.remove(&mark.union.id).unwrap_or_default();
            UnionToJudge { mark, record, officers }
        });
        let changed: Vec<UnionToJudge> = whole.collect();
        let AskedOverview { office, plans, stamps, is_whole, with_days, .. } = asked;
        let judging = Judging { day, plans, office: office.clone(), reasons, own, coming, with_days };
        Ok(ReadOverview { reader, same, is_whole, shared: stamps.shared, standing, changed, judging, direct })
    }

    /// Judges what changed, and keeps it beside what did not.
    pub(super) async fn judged(&self, read: ReadOverview) -> Result<Arc<Overview>, Failure> {
        let ReadOverview { reader, same, is_whole, shared, mut standing, mut changed, judging, direct } = read;
        let overview = if let Some(same) = same {
            same
        } else {
            let (judging, half) = (Arc::new(judging), changed.len() / 2);
            let rest = changed.split_off(half);
            // Fifty thousand posts take a while to judge: away from the threads that serve pages, on two cores.
            let on_a_core = |unions: Vec<UnionToJudge>| {
                let judging = Arc::clone(&judging);
                self.app.heavy(move || judge(&judging, unions))
            };
            let (first, second) = tokio::try_join!(on_a_core(changed), on_a_core(rest))?;
            standing.extend(first.into_iter().chain(second).map(|one| (one.mark.union.id, Arc::new(one))));
            let (day, coming) = (judging.day, judging.coming.clone());
            Arc::new(Overview { day, shared, unions: standing, coming, direct })
        };
        if is_whole {
            self.kept.keep(KeptOverview { reader, overview: Arc::clone(&overview) });
        }
        Ok(overview)
    }
}
