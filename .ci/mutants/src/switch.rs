//! Which fault is on. This file is copied into each crate that gets faults, as its module `mutant`.
//!
//! `TEAHOUSE_MUTANT` is the number of the one that is on; 0 is none. With `TEAHOUSE_REACHED` the number of each fault
//! that is passed is appended to that file once, so that one knows which tests could notice it.

#![allow(missing_docs, dead_code, clippy::all, clippy::pedantic)]

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// More than there will ever be in one crate.
const MOST: usize = 1 << 15;

static ACTIVE: LazyLock<u32> =
    LazyLock::new(|| std::env::var("TEAHOUSE_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
static REACHED: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = std::env::var_os("TEAHOUSE_REACHED")?;
    OpenOptions::new().create(true).append(true).open(path).ok()
});
static PASSED: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

/// Whether a fault is on.
#[inline]
pub fn on(number: u32) -> bool {
    if let Some(file) = &*REACHED
        && !PASSED[number as usize % MOST].swap(true, Ordering::Relaxed)
    {
        let mut file = file;
        let _ = file.write_all(format!("{number}\n").as_bytes());
    }
    *ACTIVE == number
}

pub fn flip(number: u32, value: bool) -> bool {
    value != on(number)
}

pub trait Whole: Copy {
    fn other(self) -> Self;
}

macro_rules! whole {
    ($($type:ty)*) => { $(impl Whole for $type {
        fn other(self) -> Self { if self == 0 { 1 } else { self - 1 } }
    })* };
}
whole!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// A number, or with the fault one less.
pub fn number<T: Whole>(number: u32, value: T) -> T {
    if on(number) { value.other() } else { value }
}

macro_rules! compare {
    ($($name:ident $right:tt $wrong:tt;)*) => { $(
        pub fn $name<A: PartialOrd<B> + ?Sized, B: ?Sized>(number: u32, one: &A, other: &B) -> bool {
            if on(number) { one $wrong other } else { one $right other }
        }
    )* };
}
compare! {
    less < <=;
    at_most <= <;
    more > >=;
    at_least >= >;
}
