//! The demo's pledges, trainings and constitutions.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::paper::paper;
use crate::{
    failure::Failure,
    ids::{ConstitutionId, InstitutionId, PledgeTextId, TrainingId},
    rulebook::store::calendar,
    rules::education::pledge_title,
};

/// A text of the demo's own: a university puts its plan's text in its place.
const PLEDGE: &str = "（演示用的示例文本，请换成本校方案规定的正式文本。）
一、坚定理想信念，自觉学习党的理论和路线方针政策。
二、坚持把学习放在第一位，遵守校规校纪，做同学的榜样。
三、全心全意服务同学，听取同学意见，不摆架子，不讲排场。
四、不以职务谋取私利，不把任职同评奖评优简单挂钩。
五、团结协作，务实高效，自觉接受组织管理和同学监督。";

/// Loads the text to sign, who has signed it, an autumn training whose attendance was taken down, one that is announced, and
/// the constitution of the school's union.
pub(super) async fn load_education(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (today, text) = (now.date(), PledgeTextId::random());
    let plans = calendar(db, institution).await?;
    let title = pledge_title(plans.in_force(today).as_deref());
    sqlx::query!(
        "insert into pledge_text (id, institution_id, title, body, from_day, kept_at, kept_by)
         select $1, $2, $3, $4, $5, $6, o.account_id from office o
         where o.institution_id = $2 and o.kind = 'school_league' order by o.granted_at, o.id limit 1",
        text.0,
        institution.0,
        title,
        PLEDGE,
        today - Duration::days(300),
        now - Duration::days(300)
    )
    .execute(&mut *db)
    .await?;
    // Nine of ten have signed.
    sqlx::query!(
        "insert into pledge (student_id, academic_year, text_id, signed_at)
         select distinct p.student_id, academic_year($3), $2::uuid, $4::timestamptz
         from post p join student_union u on u.id = p.union_id join student s on s.id = p.student_id
         where u.institution_id = $1 and p.voided_at is null and (p.until_day is null or p.until_day > $3)
               and right(s.number, 1) <> '7'",
        institution.0,
        text.0,
        today,
        now - Duration::days(20)
    )
    .execute(&mut *db)
    .await?;
    for (title, days, closed) in [("秋季学生会工作人员培训", -18, true), ("学生会工作人员作风建设专题学习", 6, false)]
    {
        let (id, on_day) = (TrainingId::random(), today + Duration::days(days));
        sqlx::query!(
            "insert into training (id, institution_id, title, on_day, place, says, taken_at, taken_by, closed_at)
             select $1, $2, $3, $4, '学生活动中心报告厅', '学习章程和自律承诺，往届工作人员谈服务同学；主讲：校团委',
                    $5::timestamptz, o.account_id, case when $6 then $5::timestamptz end
             from office o where o.institution_id = $2 and o.kind = 'school_league' order by o.granted_at, o.id limit 1",
            id.0,
            institution.0,
            title,
            on_day,
            now - Duration::days(15),
            closed
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into training_union (training_id, union_id)
             select $1, id from student_union where institution_id = $2 and opened_on is not null",
            id.0,
            institution.0
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into training_attendance (training_id, student_id, union_id, presence)
             select distinct on (p.student_id) $1, p.student_id, p.union_id,
                    case when not $2 then 'expected' when right(s.number, 1) = '4' then 'excused'
                         when right(s.number, 2) = '13' then 'absent' else 'came' end
             from post p join training_union m on m.union_id = p.union_id and m.training_id = $1
                  join student s on s.id = p.student_id
             where p.voided_at is null and p.from_day <= $3 and (p.until_day is null or p.until_day > $3)
             order by p.student_id, p.from_day",
            id.0,
            closed,
            on_day
        )
        .execute(&mut *db)
        .await?;
    }
    let document = paper(db, institution, "学生会章程.pdf", now).await?;
    sqlx::query!(
        "insert into union_constitution (id, union_id, name, adopted_by, adopted_on, from_day, document_id, kept_at, kept_by)
         select $1, u.id, '学生会章程', '上一次学生代表大会', $3::date, $3::date, $4, $5, o.account_id
         from student_union u join office o on o.institution_id = u.institution_id and o.kind = 'school_league'
         where u.institution_id = $2 and u.kind = 'school' order by o.granted_at, o.id limit 1",
        ConstitutionId::random().0,
        institution.0,
        today - Duration::days(380),
        document.0,
        now - Duration::days(370)
    )
    .execute(db)
    .await?;
    Ok(())
}
