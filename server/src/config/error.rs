//! Why a configuration cannot be used: each reason a sentence, in both languages.

use std::fmt;

use crate::text::language::{Both, Language, sentences};

sentences! {
    /// Why a configuration cannot be used.
    pub enum ConfigError;
    Unreadable(file, why: Both) "{file}: cannot be read: {why}" | "{file}：无法读取：{why}";
    NotToml(file, line, why) "{file}: line {line}: not TOML: {why}" | "{file}：第 {line} 行：不是 TOML：{why}";
    UnknownKey(whence: Both, key) "{whence}: unknown key {key}; --help lists the keys" | "{whence}：没有 {key} 这个键；--help 列出所有的键";
    Mismatch(whence: Both, key, expected: Both, found: Both) "{whence}: {key}: expected {expected}; found {found}"
        | "{whence}：{key}：应为{expected}；实为 {found}";
    Flaw(whence: Both, key, expected: Both, found: Both, flaw: Both) "{whence}: {key}: expected {expected}; found {found}: {flaw}"
        | "{whence}：{key}：应为{expected}；实为 {found}：{flaw}";
    NoUserFolder "data_dir: this user has no home, so it has to be said where data is kept: --data-dir FOLDER, or data_dir in the file; \"\" keeps everything in memory"
        | "data_dir：这个用户没有主目录，请说明数据放在哪里：--data-dir 文件夹，或文件里的 data_dir；\"\" 表示一切只在内存里";
    FlagNotUtf8(flag) "{flag}: the value is not UTF-8" | "{flag}：值不是 UTF-8";
    NotAHash(whence: Both, key, whose) "{whence}: {key}: {whose}: this looks like the hash of a password, but it is cut off, or of a kind that is not known here; copy the whole line that hash-password prints, in a shell between single quotes" | "{whence}：{key}：{whose}：这看起来是密码的散列，但不完整，或不是这里认识的种类；请把 hash-password 打印的整行复制过来，在命令行里要用单引号括起来";
    CostlyHash(whence: Both, key, whose) "{whence}: {key}: {whose}: to check this hash takes too much: at most 65536 KiB of memory (m), 16 passes (t), and 4 passes at that much memory; make one with hash-password" | "{whence}：{key}：{whose}：验证这个散列的代价太高：内存（m）最多 65536 KiB，遍数（t）最多 16，用满内存时最多 4 遍；请用 hash-password 重新生成";
    UnknownFlag(flag) "{flag}: there is no such flag; --help lists them" | "{flag}：没有这个参数；--help 列出所有参数";
    UnknownCommand(word) "{word}: there is no such command; --help lists them" | "{word}：没有这个命令；--help 列出所有命令";
    MissingValue(flag) "{flag}: a value is missing" | "{flag}：缺少值";
}

impl ConfigError {
    /// The sentence in a language.
    pub fn within(&self, language: Language) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| self.write(f, language))
    }
}
