//! SQL of the calendar of the year: what the features keep, read in one statement, however much of it there is.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::entry::CalendarEntry;
use crate::{
    auth::person::SignedIn,
    congress::{CongressReader, congress::sees},
    elections::ElectionReader,
    failure::Failure,
    ids::{CollegeId, StudentId},
    office::{MatterReader, Office, OfficeKind, SchoolLeague},
    reviews::ReviewReader,
    unions::store as unions,
    voice::{VoiceKeeper, tasks::speaks_for},
};

/// The days of which the calendar is read.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

/// What a person sees in the office in which they act: as the features' own pages show it.
#[expect(clippy::struct_excessive_bools, reason = "each is a page of its own that the office sees")]
struct Seen {
    /// The unions that the office sees.
    unions: Vec<Uuid>,
    /// Those whose congresses it sees.
    congresses: Vec<Uuid>,
    matters: bool,
    reviews: bool,
    sittings: bool,
    /// The college whose sittings alone it sees.
    college: Option<CollegeId>,
    /// The college whose union is invited to meetings.
    invited: Option<CollegeId>,
    /// The unions whose questionnaires it keeps.
    surveys: Vec<Uuid>,
    /// And those of the School Youth League committee.
    league: bool,
    /// The unions whose trainings it keeps.
    trainings: Vec<Uuid>,
    student: Option<StudentId>,
}

async fn seen(connection: &mut PgConnection, person: &SignedIn) -> Result<Seen, Failure> {
    let mut seen = Seen {
        unions: Vec::new(),
        congresses: Vec::new(),
        matters: false,
        reviews: false,
        sittings: false,
        college: None,
        invited: None,
        surveys: Vec::new(),
        league: false,
        trainings: Vec::new(),
        student: person.student,
    };
    let Some(office) = &person.acting else { return Ok(seen) };
    let all = unions::list(connection, person.institution, None).await?;
    seen.unions = all.iter().filter(|union| union.is_visible_to(office)).map(|union| union.id.0).collect();
    if CongressReader::KINDS.contains(&office.kind) {
        let own = all.iter().filter(|union| sees(union.kind, union.college, office));
        seen.congresses = own.map(|union| union.id.0).collect();
    }
    if VoiceKeeper::KINDS.contains(&office.kind) {
        seen.surveys = all.iter().filter(|union| speaks_for(office, union)).map(|union| union.id.0).collect();
    }
    seen.league = SchoolLeague::KINDS.contains(&office.kind);
    seen.trainings = all.iter().filter(|union| union.is_managed_by(office)).map(|union| union.id.0).collect();
    seen.matters = MatterReader::KINDS.contains(&office.kind);
    seen.reviews = ReviewReader::KINDS.contains(&office.kind);
    seen.sittings = ElectionReader::KINDS.contains(&office.kind);
    seen.college = office.college;
    seen.invited = office.college.filter(|_| office.kind == OfficeKind::CollegeUnion);
    Ok(seen)
}

struct Row {
    kind: String,
    id: Uuid,
    version: i32,
    title: String,
    who: String,
    at: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
    place: String,
    first: Date,
    last: Date,
}

impl Row {
    fn into_entry(self) -> anyhow::Result<CalendarEntry> {
        Ok(CalendarEntry {
            kind: self.kind.parse()?,
            id: self.id,
            version: self.version,
            title: self.title,
            who: self.who,
            at: self.at,
            until: self.until,
            place: self.place,
            first: self.first,
            last: self.last,
        })
    }
}

/// What stands on those days for a person, by day; at most 4,000.
#[expect(clippy::too_many_lines, reason = "one statement, however many features keep days")]
pub(super) async fn entries(
    connection: &mut PgConnection,
    person: &SignedIn,
    days: Days,
) -> Result<Vec<CalendarEntry>, Failure> {
    let seen = seen(connection, person).await?;
    let rows = sqlx::query_as!(
        Row,
        r#"with named as (
               select u.id, union_name(u.kind, c.name) as name from student_union u left join college c on c.id = u.college_id
               where u.institution_id = $1
           ), entry as (
               select 'sitting' as kind, t.id, 0 as version, t.title, coalesce(g.name, '') as who, t.opens_at as at,
                      null::timestamptz as until, '' as place, china_day(t.opens_at) as first,
                      china_day(t.closes_at) as last
               from sitting t left join college g on g.id = t.college_id
               where t.institution_id = $1 and $7 and ($8::uuid is null or t.college_id = $8) and t.stage <> 'voided'
               union all
               select 'congress', g.id, 0, g.ordinal || '学代会', n.name, null, null, '', coalesce(g.meets_on, g.held_on),
                      coalesce(g.held_on, g.meets_on)
               from congress g join named n on n.id = g.union_id
               where g.union_id = any($9) and g.stage <> 'called_off' and num_nonnulls(g.meets_on, g.held_on) > 0
               union all
               select k.kind, r.id, 0, t.name, n.name, null, null, '', k.day, k.day
               from review r join semester t on t.id = r.semester_id join named n on n.id = r.union_id
                    cross join lateral (values ('report', r.report_until), ('review', r.sits_on)) k(kind, day)
               where $6 and r.union_id = any($4)
               union all
               select 'activity', q.id, q.revision, q.title, n.name, q.starts_at, q.ends_at, q.place,
                      china_day(q.starts_at), china_day(coalesce(q.ends_at, q.starts_at))
               from matter q join named n on n.id = q.union_id
               where $5 and q.kind = 'activity' and q.union_id = any($4) and q.stage in ('approved', 'begun', 'closed')
               union all
               select 'signed_up', q.id, q.revision, q.title, n.name, q.starts_at, q.ends_at, q.place,
                      china_day(q.starts_at), china_day(coalesce(q.ends_at, q.starts_at))
               from activity_sign_up i join matter q on q.id = i.matter_id join named n on n.id = q.union_id
               where i.student_id = $10 and i.standing <> 'withdrawn' and q.stage in ('approved', 'begun', 'closed')
               union all
               select 'meeting', m.id, m.sequence, m.title, n.name, m.starts_at,
                      m.starts_at + make_interval(mins => m.minutes_long), m.place, china_day(m.starts_at),
                      china_day(m.starts_at)
               from union_meeting m join named n on n.id = m.union_id
               where m.stage <> 'cancelled' and (m.union_id = any($4) or exists (
                   select from union_meeting_member x left join student_union u on u.id = x.union_id
                   where x.meeting_id = m.id and (x.student_id = $10 or u.college_id = $11)))
               union all
               select 'project', p.id, 0, p.title, n.name, null, null, '', p.starts_on, p.ends_on
               from project p join named n on n.id = p.union_id where p.union_id = any($4)
               union all
               select 'volunteering', p.id, 0, p.title, n.name, null, null, '', p.starts_on, p.ends_on
               from volunteer v join project p on p.id = v.project_id join named n on n.id = p.union_id
               where v.student_id = $10 and not v.withdrew
               union all
               select 'turn', t.union_id, 0, s.name, n.name, null, null, '', t.from_day, t.from_day
               from turn t join named n on n.id = t.union_id join student s on s.id = t.student_id
               where t.union_id = any($4) and t.state = 'confirmed'
               union all
               select k.kind, t.id, 0, t.name, '', null, null, '', k.day, k.day
               from semester t
                    cross join lateral (values ('semester_from', t.from_day), ('semester_last', t.until_day - 1)) k(kind, day)
               where t.institution_id = $1
               union all
               select 'break', b.id, 0, b.name, '', null, null, '', b.from_day, b.last_day
               from term_break b where b.institution_id = $1
               union all
               select 'survey', q.id, 0, q.title, coalesce(n.name, '校团委'), q.opens_at, null, '', china_day(q.opens_at),
                      china_day(q.closes_at)
               from survey q left join named n on n.id = q.union_id
               where q.institution_id = $1 and q.stage <> 'draft' and (q.union_id = any($12) or q.union_id is null and $13)
               union all
               select 'survey_asked', q.id, 0, q.title, coalesce(n.name, '校团委'), q.opens_at, null, '',
                      china_day(q.opens_at), china_day(q.closes_at)
               from survey q left join student_union u on u.id = q.union_id left join named n on n.id = u.id,
                    student s join class k on k.id = s.class_id join major m on m.id = k.major_id
               where q.institution_id = $1 and q.stage <> 'draft' and s.id = $10
                     and (s.left_on is null or s.left_on > china_day(q.opens_at))
                     and (q.years = '{}' or k.entry_year = any(q.years))
                     and (u.kind is distinct from 'graduate' or m.level = 'graduate')
                     and (not exists (select from survey_college t where t.survey_id = q.id) or exists (
                          select from survey_college t where t.survey_id = q.id and t.college_id = m.college_id))
               union all
               select 'training', t.id, 0, t.title,
                      (select case count(*) when 1 then min(n.name) else count(*) || ' 个学生会' end
                       from training_union x join named n on n.id = x.union_id where x.training_id = t.id),
                      null, null, t.place, t.on_day, t.on_day
               from training t where t.institution_id = $1 and exists (
                   select from training_union x where x.training_id = t.id and x.union_id = any($14))
               union all
               select 'own_training', t.id, 0, t.title, n.name, null, null, t.place, t.on_day, t.on_day
               from training_attendance a join training t on t.id = a.training_id join named n on n.id = a.union_id
               where a.student_id = $10
           )
           select kind as "kind!", id as "id!", version as "version!", title as "title!", who as "who!", at as "at?",
                  until as "until?", place as "place!", first as "first!", last as "last!"
           from entry where first <= $3 and last >= $2
           order by first, at nulls first, kind, title, id limit 4000"#,
        person.institution.0,
        days.first,
        days.last,
        &seen.unions,
        seen.matters,
        seen.reviews,
        seen.sittings,
        seen.college.map(|id| id.0),
        &seen.congresses,
        seen.student.map(|id| id.0),
        seen.invited.map(|id| id.0),
        &seen.surveys,
        seen.league,
        &seen.trainings
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::into_entry).collect::<anyhow::Result<_>>()?)
}
