//! Topics, and filters of them.

/// May a message be about this?
#[must_use]
pub fn is_topic(topic: &str) -> bool {
    !topic.is_empty() && topic.len() <= 65_535 && !topic.contains(['+', '#', '\0'])
}

/// Is this a filter: `+` stands for one level, `#` for all that follow, each alone on its level?
#[must_use]
pub fn is_filter(filter: &str) -> bool {
    if filter.is_empty() || filter.len() > 65_535 || filter.contains('\0') {
        return false;
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let alone = level.len() == 1;
        if (level.contains('+') && !alone) || (level.contains('#') && !(alone && levels.peek().is_none())) {
            return false;
        }
    }
    true
}

/// Does a filter take this topic? Wildcards at the beginning take none that begins with `$` (MQTT 5, 4.7.2).
#[must_use]
pub fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let (mut filter, mut topic) = (filter.split('/'), topic.split('/'));
    loop {
        match (filter.next(), topic.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(wanted), Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_specifications_own_examples() {
        for good in ["#", "sport/#", "+", "+/tennis/#", "sport/+/player1", "/", "/finance", "a//b"] {
            assert!(is_filter(good), "{good}");
        }
        for bad in ["", "sport/tennis#", "sport/tennis/#/ranking", "sport+", "a/+b/c", "a\0"] {
            assert!(!is_filter(bad), "{bad}");
        }
        let tennis = "sport/tennis/player1/#";
        for topic in ["sport/tennis/player1", "sport/tennis/player1/ranking", "sport/tennis/player1/score/wimbledon"] {
            assert!(matches(tennis, topic), "{topic}");
        }
        assert!(matches("sport/tennis/+", "sport/tennis/player1"));
        assert!(!matches("sport/tennis/+", "sport/tennis/player1/ranking"));
        assert!(!matches("sport/+", "sport") && matches("sport/+", "sport/") && matches("sport/#", "sport"));
        assert!(matches("+/+", "/finance") && matches("/+", "/finance") && !matches("+", "/finance"));
        assert!(!matches("#", "$SYS/x") && !matches("+/monitor", "$SYS/monitor") && matches("$SYS/#", "$SYS/"));
    }

    proptest! {
        #[test]
        fn a_topic_takes_itself_and_everything_takes_it(topic in "[a-z]{0,3}(/[a-z]{0,3}){0,4}") {
            prop_assume!(is_topic(&topic));
            prop_assert!(is_filter(&topic) && matches(&topic, &topic) && matches("#", &topic));
            let levels: Vec<_> = topic.split('/').map(|_| "+").collect();
            let (exact, longer) = (levels.join("/"), format!("{}/+", levels.join("/")));
            prop_assert!(matches(&exact, &topic) && !matches(&longer, &topic));
        }
    }
}
