//! SQL of congresses: what each is and how far it has come, and its delegates as they are read.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::congress::{Congress, Delegate, Stage};
use crate::{
    auth::acting::Acting,
    congress::CongressKeeper,
    database::Locked,
    failure::Failure,
    ids::{
        CollegeId, CongressDelegationId, CongressId, ContestId, DelegateId, DocumentId, InstitutionId, StudentId,
        UnionId,
    },
    rules::plan::Union,
};

struct Row {
    id: CongressId,
    institution: InstitutionId,
    institution_name: String,
    union: UnionId,
    kind: String,
    college: Option<CollegeId>,
    college_name: Option<String>,
    academic_year: i16,
    ordinal: String,
    of_all: bool,
    stage: String,
    counted_on: Date,
    meets_on: Option<Date>,
    held_on: Option<Date>,
    ordinary_percent: Option<i16>,
    seats: Option<i32>,
    students: Option<i32>,
    seats_approved_at: Option<OffsetDateTime>,
    seats_reason: Option<String>,
    called_off_why: Option<String>,
    registered: bool,
    document: Option<DocumentId>,
    created_at: OffsetDateTime,
}

impl Row {
    fn into_congress(self) -> anyhow::Result<Congress> {
        Ok(Congress {
            id: self.id,
            institution: self.institution,
            institution_name: self.institution_name,
            union: self.union,
            kind: self.kind.parse::<Union>()?,
            college: self.college,
            college_name: self.college_name,
            academic_year: i32::from(self.academic_year),
            ordinal: self.ordinal,
            of_all: self.of_all,
            stage: self.stage.parse()?,
            counted_on: self.counted_on,
            meets_on: self.meets_on,
            held_on: self.held_on,
            ordinary_percent: self.ordinary_percent.map(u32::try_from).transpose()?,
            seats: self.seats.map(u32::try_from).transpose()?,
            students: self.students.map(u32::try_from).transpose()?,
            seats_approved_at: self.seats_approved_at,
            seats_reason: self.seats_reason,
            called_off_why: self.called_off_why,
            registered: self.registered,
            document: self.document,
            created_at: self.created_at,
        })
    }
}

/// Which congresses are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct CongressFilter {
    pub one: Option<CongressId>,
    pub union: Option<UnionId>,
    /// The year in which the academic year began.
    pub year: Option<i32>,
}

/// The congresses of a university, the newest academic year first, at most 500.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: CongressFilter,
) -> Result<Vec<Congress>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select g.id as "id: CongressId", g.institution_id as "institution: InstitutionId",
                  i.name as institution_name, g.union_id as "union: UnionId", u.kind,
                  u.college_id as "college: CollegeId", c.name as "college_name?", g.academic_year, g.ordinal, g.of_all,
                  g.stage, g.counted_on, g.meets_on, g.held_on, g.ordinary_percent, g.seats, g.students,
                  g.seats_approved_at, g.seats_reason, g.called_off_why, g.registered,
                  g.document_id as "document: DocumentId", g.created_at
           from congress g join institution i on i.id = g.institution_id join student_union u on u.id = g.union_id
                left join college c on c.id = u.college_id
           where g.institution_id = $1 and ($2::uuid is null or g.id = $2) and ($3::uuid is null or g.union_id = $3)
                 and ($4::integer is null or g.academic_year = $4)
           order by g.academic_year desc, array_position(array['school', 'graduate', 'college'], u.kind), c.place, c.name,
                    g.created_at desc limit 500"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.union.map(|id| id.0),
        filter.year
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::into_congress).collect::<anyhow::Result<_>>()?)
}

/// One congress of a university.
pub async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: CongressId,
) -> Result<Option<Congress>, Failure> {
    Ok(list(connection, institution, CongressFilter { one: Some(id), ..CongressFilter::default() }).await?.pop())
}

/// A congress as it is now, locked until the end of the transaction.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: CongressId,
) -> Result<Option<Locked<Congress>>, Failure> {
    sqlx::query!("select id from congress where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    Ok(find(connection, institution, id).await?.map(Locked::new))
}

/// The years in which a university has congresses, newest first.
pub async fn years(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<i32>, Failure> {
    let years = sqlx::query_scalar!(
        "select distinct academic_year from congress where institution_id = $1 order by academic_year desc",
        institution.0
    );
    Ok(years.fetch_all(connection).await?.into_iter().map(i32::from).collect())
}

/// The delegates of a congress by unit, seated ones first; those who ended are among them.
pub async fn delegates(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<Delegate>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: DelegateId", d.student_id as "student: StudentId", s.number, s.name, c.name as college,
                  k.name as class, d.unit, d.delegation_id as "delegation: CongressDelegationId", d.number as card,
                  d.standing, d.backbone, d.head_of_delegation, d.contest_id as "contest: ContestId",
                  d.replaces as "replaces: DelegateId", d.ended_on, d.ended_why
           from delegate d join student s on s.id = d.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
           where d.congress_id = $1
           order by d.unit nulls last, d.ended_on nulls first, c.place, c.name, s.number"#,
        congress.id.0
    )
    .fetch_all(connection)
    .await?;
    let one = |standing: &str| standing.parse();
    let read = rows.into_iter().map(|row| {
        Ok(Delegate {
            id: row.id,
            student: row.student,
            number: row.number,
            name: row.name,
            college: row.college,
            class: row.class,
            unit: row.unit,
            delegation: row.delegation,
            card: row.card,
            standing: one(&row.standing)?,
            backbone: row.backbone,
            head_of_delegation: row.head_of_delegation,
            contest: row.contest,
            replaces: row.replaces,
            ended_on: row.ended_on,
            ended_why: row.ended_why,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// The students for whom a union stands, by a day.
pub async fn students(
    connection: &mut PgConnection,
    institution: InstitutionId,
    kind: Union,
    college: Option<CollegeId>,
    day: Date,
) -> Result<u32, Failure> {
    let students = sqlx::query_scalar!(
        r#"select count(*) as "students!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where s.institution_id = $1 and (s.left_on is null or s.left_on > $4)
                 and ($2 <> 'graduate' or m.level = 'graduate') and ($3::uuid is null or m.college_id = $3)"#,
        institution.0,
        kind.slug(),
        college.map(|id| id.0),
        day
    );
    Ok(u32::try_from(students.fetch_one(connection).await?).unwrap_or(u32::MAX))
}

/// What a congress is asked to be.
#[derive(Debug, Clone)]
pub struct CongressDraft {
    pub union: UnionId,
    /// The year in which the academic year begins.
    pub academic_year: i16,
    /// 第…次, at most 30 characters.
    pub ordinal: String,
    pub of_all: bool,
    pub counted_on: Date,
    /// The day that is planned.
    pub meets_on: Option<Date>,
    /// The least share of delegates who are no backbone, in percent.
    pub ordinary_percent: Option<i16>,
}

/// Begins a congress; none where the union has one of that year and number.
pub async fn create(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    draft: &CongressDraft,
    now: OffsetDateTime,
) -> Result<Option<CongressId>, Failure> {
    let id = CongressId::random();
    let made = sqlx::query!(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                               ordinary_percent, created_at, created_by)
         select $1, $2, u.id, $4, $5, $6, 'preparing', $7, $8, $9, $10, $11
         from student_union u where u.id = $3 and u.institution_id = $2
         on conflict do nothing",
        id.0,
        acting.institution().0,
        draft.union.0,
        draft.academic_year,
        draft.ordinal,
        draft.of_all,
        draft.counted_on,
        draft.meets_on,
        draft.ordinary_percent,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok((made.rows_affected() == 1).then_some(id))
}

/// The congress of a union that is under way.
pub async fn under_way(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
) -> Result<Option<Congress>, Failure> {
    let of_union = CongressFilter { union: Some(union), ..CongressFilter::default() };
    Ok(list(connection, institution, of_union).await?.into_iter().find(|congress| congress.stage.is_under_way()))
}

/// The congress of a union that has that number, in whatever year; one that was called off has none.
pub async fn of_ordinal(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    ordinal: &str,
) -> Result<Option<Congress>, Failure> {
    let of_union = CongressFilter { union: Some(union), ..CongressFilter::default() };
    let all = list(connection, institution, of_union).await?;
    Ok(all.into_iter().find(|congress| congress.ordinal == ordinal && congress.stage != Stage::CalledOff))
}

/// Changes what is planned of a congress in preparation; `false` where it is past that, or the number is taken.
pub async fn change(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    draft: &CongressDraft,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress g set academic_year = $2, ordinal = $3, meets_on = $4, ordinary_percent = $5,
                               counted_on = case when seats_approved_at is null then $6 else counted_on end
         where id = $1 and stage = 'preparing'
               and not exists (select from congress o where o.union_id = g.union_id and o.academic_year = $2
                               and o.ordinal = $3 and o.id <> g.id)",
        congress.id.0,
        draft.academic_year,
        draft.ordinal,
        draft.meets_on,
        draft.ordinary_percent,
        draft.counted_on
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Records that a congress met, by the last day of the meeting; `false` where it was not convened.
pub async fn record_held(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    last_day: Date,
) -> Result<bool, Failure> {
    let (from, to) = (Stage::Convened, Stage::Held);
    let done = sqlx::query!(
        "update congress set stage = $3, held_on = $4 where id = $1 and stage = $2 and meets_on <= $4",
        congress.id.0,
        from.slug(),
        to.slug(),
        last_day
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Settles a congress whose result is approved and filed; `false` where it was not held.
pub async fn close(connection: &mut PgConnection, congress: &Locked<Congress>) -> Result<bool, Failure> {
    let (from, to) = (Stage::Held, Stage::Closed);
    let done = sqlx::query!(
        "update congress set stage = $3 where id = $1 and stage = $2",
        congress.id.0,
        from.slug(),
        to.slug()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Calls a congress off; `false` where it was held already.
pub async fn call_off(connection: &mut PgConnection, congress: &Locked<Congress>, why: &str) -> Result<bool, Failure> {
    if !congress.stage.leads_to(Stage::CalledOff) {
        return Ok(false);
    }
    let done = sqlx::query!(
        "update congress set stage = $3, called_off_why = $4 where id = $1 and stage = $2",
        congress.id.0,
        congress.stage.slug(),
        Stage::CalledOff.slug(),
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A congress held before the portal.
#[derive(Debug, Clone)]
pub struct PastCongress {
    pub union: UnionId,
    /// The year in which the academic year began.
    pub academic_year: i16,
    /// 第…次, at most 30 characters.
    pub ordinal: String,
    pub held_on: Date,
    /// The paper that says so.
    pub document: Option<DocumentId>,
}

/// Takes down a congress held before the portal; none where the union has one of that year and number.
pub async fn register(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    past: &PastCongress,
    now: OffsetDateTime,
) -> Result<Option<CongressId>, Failure> {
    let id = CongressId::random();
    let made = sqlx::query!(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                               held_on, registered, document_id, created_at, created_by)
         select $1, $2, u.id, $4, $5, false, 'closed', $6, $6, $6, true, $7, $8, $9
         from student_union u where u.id = $3 and u.institution_id = $2
         on conflict do nothing",
        id.0,
        acting.institution().0,
        past.union.0,
        past.academic_year,
        past.ordinal,
        past.held_on,
        past.document.map(|id| id.0),
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok((made.rows_affected() == 1).then_some(id))
}

/// Keeps why a college's union holds no congress in an academic year.
pub async fn keep_slip(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    union: UnionId,
    academic_year: i16,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress_slip (union_id, academic_year, reason, kept_at, kept_by)
         select id, $2, $3, $4, $5 from student_union where id = $1 and institution_id = $6
         on conflict (union_id, academic_year) do update set reason = $3, kept_at = $4, kept_by = $5",
        union.0,
        academic_year,
        reason,
        now,
        acting.person().account.0,
        acting.institution().0
    )
    .execute(connection)
    .await?;
    Ok(())
}
