//! The demo's draft of a plan: half taken down, with the document's text beside it.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::{
    failure::Failure,
    ids::{AccountId, InstitutionId},
    plan_drafts::{DemoDraft, begin_demo},
    rules::Rule,
};

/// A text of the demo's own: a university puts its own document in its place.
const TEXT: &str = "关于深化学生会（研究生会）改革的实施方案（修订稿）
（演示用的示例文本，请换成本校的文件。）
一、职能定位
（一）学生会是学校党委领导、团委指导的学生自己的群众组织，全心全意服务同学。
（二）学生会不承担宿舍管理、校园文明纠察、安全保卫等行政职能。
二、组织架构
（一）学生会实行“主席团＋工作部门”的组织架构，不设主席、副主席。
（二）主席团实行轮值制度，执行主席由主席团成员轮值担任，轮值周期最长为一个学期。
三、人员规模
（一）校级学生会主席团成员不超过5人，工作部门不超过6个。
（二）每个工作部门设负责人2至3人，部门成员不超过6人。
（三）院系学生会工作人员20至30人，主席团成员不超过3人。
四、遴选条件
（一）学生会工作人员应为共产党员或共青团员，学习成绩综合排名在本专业前30%以内，没有课业不及格。
五、附则
本方案自印发之日起施行，由校团委负责解释。";

/// Loads the draft.
pub(super) async fn load_plan_drafts(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let league = sqlx::query_scalar!(
        r#"select account_id as "account: AccountId" from office
           where institution_id = $1 and kind = 'school_league' order by granted_at, id limit 1"#,
        institution.0
    );
    let Some(league) = league.fetch_optional(&mut *db).await? else { return Ok(()) };
    let demo = DemoDraft {
        name: "改革实施方案修订稿",
        text: TEXT,
        stated: &[
            (Rule::Stf02, "校级学生会主席团成员不超过5人", "三（一）"),
            (Rule::Stf07, "主席团成员不超过3人", "三（三）"),
            (Rule::Elg04, "没有课业不及格", "四（一）"),
        ],
    };
    begin_demo(db, institution, league, &demo, now - Duration::days(2)).await
}
