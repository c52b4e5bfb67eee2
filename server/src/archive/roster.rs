//! A roster: a table in CSV ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)) with a name in each row, and a
//! password where there is one.
//!
//! A spreadsheet has other tables too, and a date or a student's number must never become a password. So a heading
//! has to be a roster's, and it has to name the third column if there is one.

use crate::text::language::Text;

/// The headings of a column of names, in small letters.
const NAMES: [&str; 22] = [
    "name",
    "names",
    "nick",
    "nickname",
    "user",
    "username",
    "user name",
    "account",
    "accounts",
    "login",
    "student",
    "students",
    "姓名",
    "名字",
    "名称",
    "昵称",
    "用户",
    "用户名",
    "账号",
    "帐号",
    "账户",
    "学生",
];
/// The headings of a column of passwords.
const PASSWORDS: [&str; 10] =
    ["password", "passwords", "passwd", "pass", "pwd", "密码", "口令", "初始密码", "登录密码", "密 码"];
/// Common headings of other columns; a first row with one of these in the first or second place is no roster's.
const OTHERS: [&str; 24] = [
    "since",
    "id",
    "no",
    "no.",
    "number",
    "date",
    "email",
    "e-mail",
    "mail",
    "class",
    "group",
    "phone",
    "student id",
    "学号",
    "序号",
    "编号",
    "日期",
    "邮箱",
    "电子邮箱",
    "班级",
    "电话",
    "手机",
    "手机号",
    "性别",
];
/// The signs that may stand between two fields. It is one of these for the whole file; a comma of full width is what
/// a Chinese keyboard types.
const SEPARATORS: [char; 5] = [',', ';', '\t', '，', '；'];

/// Somebody on the roster.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// The number of the line, from 1.
    pub(super) line: usize,
    /// The name as it stands there, without spaces around it; it may be empty or no name.
    pub(super) name: String,
    /// The password, if there is one.
    pub(super) password: Option<String>,
}

/// A roster, taken apart.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// The number of the line that is taken for the heading, and what it says.
    pub(super) heading: Option<(usize, String)>,
    pub(super) people: Vec<Person>,
    pub(super) wrong: Vec<Wrong>,
}

/// A wrong line: its number, the name in it, and what is wrong.
pub(super) type Wrong = (usize, String, Text);

/// Takes a roster apart; lines with nothing in them are none.
pub(super) fn read(text: &str) -> Roster {
    let mut roster = Roster::default();
    let Roster { heading: found, people, wrong } = &mut roster;
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).peekable();
    // A spreadsheet may say itself what stands between its fields.
    let said = lines.next_if(|(_, line)| line.to_lowercase().starts_with("sep="));
    let said = said.and_then(|(_, line)| line.chars().nth("sep=".len()));
    let all: Vec<_> = lines.collect();
    let separator = said.or_else(|| all.iter().find_map(|(_, line)| first_separator(line))).unwrap_or(',');
    let mut rows = all.into_iter().map(|(line, text)| (line, fields(text, separator))).peekable();
    let mut columns = 2;
    if let Some((line, Some(heading))) = rows.next_if(|(_, row)| row.as_deref().is_some_and(is_heading)) {
        columns = heading.len();
        if let Err(why) = check_heading(&heading) {
            wrong.push((line, heading.join(","), why));
            return roster;
        }
        *found = Some((line, heading.join(",")));
    }
    for (line, row) in rows {
        let Some(row) = row else {
            wrong.push((line, String::new(), Text::OpenQuotation));
            continue;
        };
        if row.iter().all(String::is_empty) {
            continue;
        }
        let name = row.first().cloned().unwrap_or_default();
        let password = row.get(1).cloned().filter(|password| !password.is_empty());
        if row.iter().skip(columns.max(2)).any(|field| !field.is_empty()) {
            wrong.push((line, name, Text::TooManyFields));
        } else if password.as_ref().is_some_and(|password| is_date(password)) {
            wrong.push((line, name, Text::PasswordIsDate));
        } else {
            people.push(Person { line, name, password });
        }
    }
    roster
}

/// Whether a first row says what stands in the columns.
fn is_heading(row: &[String]) -> bool {
    let is = |column: usize, words: &[&str]| {
        row.get(column).is_some_and(|field| words.contains(&&*field.to_lowercase()))
    };
    is(0, &NAMES) || is(0, &OTHERS) || is(1, &NAMES) || is(1, &PASSWORDS) || is(1, &OTHERS)
}

/// Whether a heading is a roster's: names, and then passwords or nothing.
fn check_heading(row: &[String]) -> Result<(), Text> {
    let is = |column: usize, words: &[&str]| {
        row.get(column).is_some_and(|field| words.contains(&&*field.to_lowercase()))
    };
    let has_passwords_or_nothing = is(1, &PASSWORDS) || row.get(1).is_none_or(String::is_empty);
    if is(0, &NAMES) && has_passwords_or_nothing { Ok(()) } else { Err(Text::NotARoster) }
}

/// Whether a field is a date, with a time of the day or without, as programs and spreadsheets write it: three numbers
/// with the same sign between them, and behind them nothing but a time.
fn is_date(field: &str) -> bool {
    const TIME: [&str; 7] = ["T", "Z", "UTC", "AM", "PM", "上午", "下午"];
    let mut numbers = Vec::new();
    let mut signs = Vec::new();
    let mut rest = field;
    while numbers.len() < 3 {
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        numbers.push(end);
        rest = &rest[end..];
        if let Some(sign) = rest.chars().next().filter(|sign| "-/.年月日".contains(*sign)) {
            signs.push(sign);
            rest = rest[sign.len_utf8()..].trim_start_matches(' ');
        }
    }
    let separated = match signs[..] {
        [first, second] => first == second && "-/.".contains(first),
        ref signs => *signs == ['年', '月', '日'],
    };
    let rest = TIME.iter().fold(rest.to_uppercase(), |rest, word| rest.replace(word, " "));
    let is_time = |letter: char| letter.is_ascii_digit() || " :.+-".contains(letter);
    separated && numbers.iter().all(|digits| (1..=4).contains(digits)) && rest.chars().all(is_time)
}

fn first_separator(line: &str) -> Option<char> {
    let mut quoted = false;
    line.chars().find(|letter| {
        quoted ^= *letter == '"';
        !quoted && SEPARATORS.contains(letter)
    })
}

/// The fields of a line; between quotation marks a separator is no end of a field, and two of them are one. `None`
/// where they do not end.
fn fields(line: &str, separator: char) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let start = rest.trim_start_matches(|letter: char| letter.is_whitespace() && letter != separator);
        let (field, behind) = match start.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => {
                let end = start.find(separator).unwrap_or(start.len());
                (start[..end].trim().to_owned(), &start[end..])
            }
        };
        fields.push(field);
        let behind = behind.trim_start_matches(|letter: char| letter.is_whitespace() && letter != separator);
        match behind.strip_prefix(separator) {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

/// A field up to its closing quotation mark, and what stands behind that.
fn quoted_field(quoted: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        let (before, behind) = rest.split_once('"')?;
        field += before;
        match behind.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, people: &[(&str, &str)], wrong: &[(usize, Text)]) {
        let Roster { people: found, wrong: complaints, .. } = read(text);
        let found: Vec<_> =
            found.iter().map(|one| (&*one.name, one.password.as_deref().unwrap_or_default())).collect();
        assert_eq!(found, people, "{text:?}");
        let complaints: Vec<_> = complaints.into_iter().map(|(line, _, why)| (line, why)).collect();
        assert_eq!(complaints, wrong, "{text:?}");
    }

    #[test]
    fn a_roster_is_read_as_spreadsheets_and_people_write_it() {
        let two = &[("小明", ""), ("小红", "a-good-password")];
        for text in [
            "小明\n小红,a-good-password",
            // A heading may leave the second column without a name.
            "姓名\n小明\n小红,a-good-password",
            "姓名,密码\r\n小明,\r\n小红,a-good-password\r\n\r\n",
            "Name;Password\n小明;\n小红;a-good-password\n",
            "sep=;\nname;password\n小明;\n小红;a-good-password\n",
            "name\tpassword\n小明\n小红\ta-good-password\n",
            "小明\n小红，a-good-password\n",
            "\"name\",\"password\"\n\"小明\",\"\"\n\"小红\", \"a-good-password\" \n,,,\n",
            "name,password,class\n小明,,3b\n小红,a-good-password,3b\n",
        ] {
            check(text, two, &[]);
        }
        check("", &[], &[]);
        check("name,password\n", &[], &[]);
    }

    #[test]
    fn a_password_is_what_stands_there_and_not_a_part_of_it() {
        check("a,one;two\nb,\"a \"\"b\"\", c\"\n", &[("a", "one;two"), ("b", "a \"b\", c")], &[]);
        check("a,it\"s\n", &[("a", "it\"s")], &[]);
        check("a,one,two\n", &[], &[(1, Text::TooManyFields)]);
        check("a\nb,\"one\nc,two\n", &[("a", ""), ("c", "two")], &[(2, Text::OpenQuotation)]);
    }

    #[test]
    fn a_table_that_is_no_roster_gives_nobody_a_password() {
        for heading in [
            "name,since",
            "姓名,学号",
            "name,id,password",
            "学号,姓名",
            "id,name",
            "since,password",
            "x,email",
            "name,x",
            "id,x",
            "x,name",
            "x,password",
        ] {
            check(&format!("{heading}\nalice,20260101\n"), &[], &[(1, Text::NotARoster)]);
        }
        // An export of accounts without its heading, and what a spreadsheet makes of it when it saves it again.
        for date in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T08:00:00.25+08:00",
            "2026-01-01 00:00:00",
            "2026-01-01",
            "2026/1/1",
            "2026/1/1 8:00",
            "01.01.2026 08:00",
            "1/1/26 8:00:00 AM",
            "2026年1月1日",
            "2026年1月1日 上午 8:00",
        ] {
            check(&format!("alice,{date}\n"), &[], &[(1, Text::PasswordIsDate)]);
        }
        for password in [
            "20260101",
            "2026-01-01-tea",
            "12345-67890-1",
            "192.168.1.20-tea",
            "年月日年月日年月",
            "2026-0101",
        ] {
            check(&format!("alice,{password}\n"), &[("alice", password)], &[]);
        }
    }
}
