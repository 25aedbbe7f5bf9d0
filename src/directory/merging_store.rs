//! SQL of a college that is merged into another or removed: it was made by a typing error and has no history of its own.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::store::place_colleges;
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{CollegeId, InstitutionId},
    office::Registrar,
};

/// What a merger moves, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merger {
    pub majors: i64,
    /// Of them, those that the other college has too.
    pub joined_majors: i64,
    pub classes: i64,
    /// Of them, those that the other college has too: their students move, the class goes.
    pub joined_classes: i64,
    pub students: i64,
    /// Offices of the college and its classes, former ones too.
    pub offices: i64,
    pub obstacles: Vec<String>,
}

impl Merger {
    /// Nothing belongs to the college.
    pub fn is_empty(&self) -> bool {
        self.majors == 0 && self.offices == 0 && self.obstacles.is_empty()
    }

    /// The figures that a preview shows, as one text.
    pub fn seen(&self) -> String {
        let Self { majors, joined_majors, classes, joined_classes, students, offices, .. } = self;
        format!("{majors}-{joined_majors}-{classes}-{joined_classes}-{students}-{offices}")
    }
}

/// What would move from a college into another; with itself as the other, what belongs to it.
pub(super) async fn merger(
    connection: &mut PgConnection,
    institution: InstitutionId,
    from: CollegeId,
    into: CollegeId,
) -> Result<Merger, Failure> {
    let row = sqlx::query!(
        r#"with major_of as (
               select m.id, t.id as twin from major m
                      left join major t on t.college_id = $3 and $3 <> $2 and t.level = m.level and t.name_key = m.name_key
               where m.college_id = $2
           ), class_of as (
               select k.id, t.id as twin from major_of m join class k on k.major_id = m.id
                      left join class t on t.major_id = m.twin and t.entry_year = k.entry_year and t.name_key = k.name_key
           ), office_of as (
               select o.account_id, o.kind, coalesce(k.twin, o.class_id) as class_id, o.ended_at,
                      daterange(o.from_day, o.until_day) as term, k.twin
               from office o left join class_of k on k.id = o.class_id where o.college_id = $2 or k.id is not null
           )
           select (select count(*) from major_of) as "majors!",
                  (select count(*) from major_of where twin is not null) as "joined_majors!",
                  (select count(*) from class_of) as "classes!",
                  (select count(*) from class_of where twin is not null) as "joined_classes!",
                  (select count(*) from student s join class_of k on k.id = s.class_id) as "students!",
                  (select count(*) from office_of) as "offices!",
                  exists (select from student_union where institution_id = $1 and college_id = $2) as "has_union!",
                  exists (select from sitting where college_id = $2)
                      or exists (select from contest where college_id = $2)
                      or exists (select from contest x join class_of k on k.id = any(x.class_ids) where k.twin is not null)
                      or exists (select from voter v join class_of k on k.id = v.class_id where k.twin is not null)
                      as "has_elections!",
                  exists (select from vetting_case v where v.college_id = $2)
                      or exists (select from vetting_case v join class_of k on k.id = v.class_id)
                      or exists (select from delegation where college_id = $2) as "has_cases!",
                  exists (select from congress_unit where college_id = $2)
                      or exists (select from congress_delegation where college_id = $2)
                      or exists (select from delegate_list where college_id = $2)
                      or exists (select from recommendation where college_id = $2)
                      or exists (select from recommendation r join class_of k on k.id = r.class_id)
                      as "has_congresses!",
                  exists (select from activity_partner p join class_of k on k.id = p.class_id where k.twin is not null)
                      as "has_activities!",
                  exists (select from guidance_record r join class_of k on k.id = r.class_id where k.twin is not null)
                      as "has_guidance!",
                  exists (select from voice_request where college_id = $2) as "has_requests!",
                  exists (select from contact_assignment a join class_of k on k.id = a.class_id where k.twin is not null)
                      or exists (select from contact_note n join class_of k on k.id = n.class_id where k.twin is not null)
                      as "has_contacts!",
                  exists (select from survey_college where college_id = $2) as "has_surveys!",
                  exists (select from office_of f join office o on o.account_id = f.account_id and o.kind = f.kind
                               and o.ended_at is null and f.ended_at is null
                               and daterange(o.from_day, o.until_day) && f.term
                          where $3 <> $2 and case when f.class_id is null then o.college_id = $3
                                                  else f.twin is not null and o.class_id = f.twin end)
                      as "has_clashes!""#,
        institution.0,
        from.0,
        into.0
    )
    .fetch_one(connection)
    .await?;
    let stands = [
        (row.has_union, "这个院系已建立学生会"),
        (row.has_elections, "已有选举涉及这个院系或它的班级"),
        (row.has_cases, "已有遴选的人选或兼办授权属于这个院系"),
        (row.has_congresses, "已有学生代表大会涉及这个院系：名额、代表团、代表的推荐或名单"),
        (row.has_activities, "已有活动与这个院系的班级合办，而这个班级要并入另一个院系的同名班级"),
        (row.has_guidance, "已有指导记录涉及这个院系里与对方同名的班级"),
        (row.has_requests, "已有诉求由这个院系的学生会接收"),
        (row.has_contacts, "已有学生代表、学生干部联系这个院系里与对方同名的班级"),
        (row.has_surveys, "已有调研面向这个院系"),
        (row.has_clashes, "同一人在两个院系任同一职务，请先在“账号”里免去其中一个"),
    ];
    let obstacles = stands.iter().filter(|(stands, _)| *stands).map(|(_, says)| (*says).to_owned()).collect();
    Ok(Merger {
        majors: row.majors,
        joined_majors: row.joined_majors,
        classes: row.classes,
        joined_classes: row.joined_classes,
        students: row.students,
        offices: row.offices,
        obstacles,
    })
}

/// Moves everything of a college into another and removes it. [`merger`] has said in this transaction that nothing stands in
/// the way.
pub(super) async fn merge(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    acting: &Acting<Registrar>,
    from: CollegeId,
    into: CollegeId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // Classes that both have: their people go over, and what names the class goes with them.
    sqlx::query!(
        "with twin as (
             select k.id, t.id as into from class k join major m on m.id = k.major_id
                    join major tm on tm.college_id = $2 and tm.level = m.level and tm.name_key = m.name_key
                    join class t on t.major_id = tm.id and t.entry_year = k.entry_year and t.name_key = k.name_key
             where m.college_id = $1
         ), students as (
             update student s set class_id = twin.into from twin where s.class_id = twin.id
         ), offices as (
             update office o set class_id = twin.into from twin where o.class_id = twin.id
         ), notices as (
             update notice n set class_id = twin.into from twin where n.class_id = twin.id
         )
         update class k set merged_into = twin.into, ended_on = coalesce(k.ended_on, china_day($3))
         from twin where k.id = twin.id or k.merged_into = twin.id",
        from.0,
        into.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from class k using major m, major tm, class t
         where m.id = k.major_id and m.college_id = $1 and tm.college_id = $2 and tm.level = m.level
               and tm.name_key = m.name_key and t.major_id = tm.id and t.entry_year = k.entry_year
               and t.name_key = k.name_key and k.merged_into = t.id",
        from.0,
        into.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update class k set major_id = tm.id from major m, major tm
         where m.id = k.major_id and m.college_id = $1 and tm.college_id = $2 and tm.level = m.level
               and tm.name_key = m.name_key",
        from.0,
        into.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from major m using major tm
         where m.college_id = $1 and tm.college_id = $2 and tm.level = m.level and tm.name_key = m.name_key",
        from.0,
        into.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "with majors as (update major set college_id = $2 where college_id = $1),
              offices as (update office set college_id = $2 where college_id = $1),
              activities as (update activity set only_college = $2 where only_college = $1)
         update notice set college_id = $2 where college_id = $1",
        from.0,
        into.0
    )
    .execute(&mut *connection)
    .await?;
    remove(connection, institution, acting, from).await.map(drop)
}

/// Removes a college to which nothing belongs; `false` where there is none.
pub(super) async fn remove(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    _acting: &Acting<Registrar>,
    college: CollegeId,
) -> Result<bool, Failure> {
    // Notices to an office of a college that nobody ever held.
    sqlx::query!("delete from notice where college_id = $1 and institution_id = $2", college.0, institution.0)
        .execute(&mut *connection)
        .await?;
    let gone = sqlx::query!("delete from college where id = $1 and institution_id = $2", college.0, institution.0)
        .execute(&mut *connection)
        .await?;
    place_colleges(connection, **institution).await?;
    Ok(gone.rows_affected() == 1)
}
