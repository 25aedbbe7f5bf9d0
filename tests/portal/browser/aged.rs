//! What browsers of 2020 lack, taken away from one of today: Safari 14.0 and Chrome 86 are at work in offices and on old phones.

use lunzhi::office::OfficeKind;
use serde_json::json;

use super::{Desk, college_union, journey};
use crate::support::{
    PASSWORD,
    sitting::{SMALL, number, opened},
    vetting::student_account,
};

/// Takes away of the page what those browsers do not read: rules with a selector that they do not know, lines of style, space
/// by `gap` in rows, and of an event which button sent a form. Gives what is amiss then: rows whose parts touch where there was
/// space between them, fields that lost their height, a page that scrolls sideways.
const AGE: &str = r"
    const newer = (list) => /:has\(|:is\(|:where\(|::details-content/.test(list) || /:not\([^()]*,/.test(list);
    const lines = ['accent-color', 'aspect-ratio', 'content-visibility', 'contain-intrinsic-size'];
    const age = (list) => {
        for (let place = list.cssRules.length - 1; place >= 0; place -= 1) {
            const rule = list.cssRules[place];
            if (rule instanceof CSSSupportsRule) {
                const inner = [...rule.cssRules].map((one) => one.cssText);
                const known = !rule.conditionText.startsWith('not');
                list.deleteRule(place);
                if (!known) inner.forEach((text, after) => list.insertRule(text, place + after));
            } else if (rule instanceof CSSStyleRule) {
                if (newer(rule.selectorText)) list.deleteRule(place);
                else lines.forEach((line) => rule.style.removeProperty(line));
            } else if (rule.cssRules) age(rule);
        }
    };
    const seen = (one) => one.getClientRects().length > 0;
    const rows = [...document.querySelectorAll('body *')].filter((one) => {
        const style = getComputedStyle(one);
        return style.display.endsWith('flex') && style.flexDirection === 'row' && parseFloat(style.columnGap) > 0;
    });
    for (const sheet of document.styleSheets) age(sheet);
    for (const one of document.querySelectorAll('body *')) {
        if (getComputedStyle(one).display.endsWith('flex')) one.style.gap = '0';
    }
    delete SubmitEvent.prototype.submitter;
    const amiss = [];
    for (const row of rows.filter(seen)) {
        const parts = [...row.children].filter(seen).map((one) => one.getBoundingClientRect());
        parts.slice(1).forEach((part, place) => {
            const before = parts[place];
            if (part.top < before.bottom && part.left >= before.left && part.left - before.right < 2) {
                amiss.push(`touching: ${row.outerHTML.slice(0, 120)}`);
            }
        });
    }
    for (const field of document.querySelectorAll('input:not([type=checkbox]):not([type=radio]), select, textarea')) {
        if (seen(field) && field.getBoundingClientRect().height < 40) amiss.push(`low: ${field.outerHTML}`);
    }
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 0) amiss.push(`scrolls sideways by ${wide}`);
    return amiss;";

impl Desk {
    /// The page is usable in a browser of 2020.
    async fn ages(&self, what: &str) {
        assert_eq!(self.browser.execute(AGE, vec![]).await.unwrap(), json!([]), "{what}");
    }
}

#[test]
fn a_student_votes_on_a_phone_of_2020() {
    journey(true, async |desk, _| {
        let sitting = opened(&desk.portal, &SMALL).await;
        drop(student_account(&desk.portal, 3).await);
        desk.go("/sign-in").await;
        desk.ages("signing in").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", &number(3)).await;
        desk.fill("密码", PASSWORD).await;
        desk.press("登录").await;
        for path in ["/", "/me", "/inbox", "/votes", "/rulebook"] {
            desk.go(path).await;
            desk.ages(path).await;
        }
        desk.go(&sitting.votes()).await;
        desk.ages("the ballot").await;
        for choice in ["input[name=c1-1][value=F]", "input[name=c1-2][value=A]"] {
            let tick = format!("document.querySelector('{choice}').click()");
            desk.browser.execute(&tick, vec![]).await.unwrap();
        }
        desk.press("下一步：核对").await;
        desk.ages("the confirmation").await;
        desk.press("确认投票").await;
        assert_eq!(desk.heading().await, "已投票");
        desk.ages("voted").await;
    });
}

#[test]
fn a_secretary_reads_a_union_in_a_browser_of_2020() {
    journey(false, async |desk, _| {
        let path = college_union(desk).await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        for end in ["", "/findings", "/appoint", "/rotation", "/history", "/departments", "/what-if"] {
            desk.go(&format!("{path}{end}")).await;
            desk.ages(&format!("a union{end}")).await;
        }
        for path in ["/", "/compliance", "/people", "/rounds/new", "/sittings/new", "/imports", "/calendar"] {
            desk.go(path).await;
            desk.ages(path).await;
        }
        // What is folded for phones alone lies open, by the script where styles cannot say so.
        desk.go(&path).await;
        desk.ages("a union").await;
        let open = "return [...document.querySelectorAll('.fold-narrow')].every((fold) => fold.open)";
        assert_eq!(desk.browser.execute(open, vec![]).await.unwrap(), json!(true));
    });
}
