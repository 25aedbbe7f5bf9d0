//! ORG: how a union is built. Titles that no post may carry.

use super::{
    Finding, Outcome, Plan, Rule,
    roster::{Member, Post, numbers},
};

/// ORG-02, 不设主席、副主席: no post's name holds a barred word, except 主席团成员 itself.
#[must_use]
pub fn no_president(plan: &Plan, members: &[Member]) -> Finding {
    let Some((provision, barred)) = plan.provision(Rule::Org02).zip(plan.figures.barred_titles.as_ref()) else {
        return Finding::not_required(Rule::Org02, plan);
    };
    let is_barred = |post: &Post| match post {
        Post::Other(name) => barred.iter().any(|title| name.contains(title.as_str())),
        Post::Presidium | Post::Head(_) | Post::Staff(_) => false,
    };
    let holders = numbers(members, |member| member.posts.iter().any(is_barred));
    let measured = holders.len();
    if holders.is_empty() {
        return Finding::new(provision, Outcome::Pass, "没有主席、副主席、会长等岗位".to_owned()).against(&0, "0");
    }
    let mut titles: Vec<&str> =
        members.iter().flat_map(|m| &m.posts).filter(|p| is_barred(p)).map(Post::name).collect();
    titles.sort_unstable();
    titles.dedup();
    Finding::new(provision, provision.breach(), format!("设有不允许的岗位：{}", titles.join("、")))
        .against(&measured, "0")
        .about(holders)
        .remedy("改为“主席团成员”，执行主席由主席团成员轮值担任，是职责不是岗位")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{plan::named, roster::tests::member};

    #[test]
    fn s2_4_a_president_fails_and_a_presidium_member_does_not() {
        for plan in ["suzhou-2020", "jining-2022"].map(|code| named(code).unwrap()) {
            let people = |post| [member(1, Post::Presidium), member(2, post)];
            assert_eq!(no_president(plan, &people(Post::Presidium)).verdict, Outcome::Pass);
            for title in ["主席", "副主席", "会长", "执行主席", "主席助理"] {
                let finding = no_president(plan, &people(Post::Other(title.to_owned())));
                assert_eq!((finding.verdict, finding.subjects), (Outcome::Fail, vec!["20240002".to_owned()]));
            }
            assert_eq!(no_president(plan, &people(Post::Other("秘书长".to_owned()))).verdict, Outcome::Pass);
        }
    }
}
