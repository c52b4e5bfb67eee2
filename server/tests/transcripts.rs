//! Every transcript, played twice: in memory, with the world's invariants checked after every command, and over TCP
//! against a real server. How a transcript reads is told in `support/mod.rs`.

mod support;

use std::collections::BTreeSet;
use std::fs;

use support::{folder, memory::Memory, play, tcp::Tcp};

macro_rules! transcripts {
    ($($name:ident)*) => {
        mod in_memory {
            $(#[test] fn $name() { super::play(stringify!($name), super::Memory::open); })*
        }
        mod over_tcp {
            $(#[test] fn $name() { super::play(stringify!($name), super::Tcp::open); })*
        }
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

transcripts! {
    a_newcomer_logs_in_and_is_welcomed_into_the_lobby
    capabilities_are_agreed_on_before_the_login_ends
    names_that_cannot_be_taken_are_refused_in_words
    a_name_that_looks_like_another_is_refused
    two_people_with_one_name_the_second_is_told
    a_password_is_asked_for_when_the_house_has_one
    what_a_server_can_do_is_told_before_the_login_ends
    what_comes_before_the_login_is_refused
    everybody_in_the_room_hears_what_is_said
    a_stranger_cannot_speak_in_the_room
    a_private_message_reaches_one_person_only
    a_notice_is_never_answered
    people_enter_and_leave_rooms
    a_topic_is_set_shown_and_cleared
    the_rooms_and_their_people_can_be_listed
    one_sees_who_is_online_and_what_is_known_of_them
    who_is_away_says_so
    a_new_nickname_is_told_to_all_who_share_a_room
    who_goes_disappears_from_the_list_that_others_see
    the_message_of_the_day_is_read_from_its_file
    the_server_tells_about_itself
    the_server_describes_itself
    modes_of_the_lobby_and_of_oneself
    lines_that_make_no_sense_are_answered_and_the_client_stays
    the_servers_own_words_are_chinese_where_the_house_is
    people_are_kept_out_of_a_room
    people_are_kept_quiet_in_a_room
    ranks_in_a_room_have_their_powers
    lists_of_a_room_are_kept_and_shown
    mode_changes_that_make_no_sense_are_refused
    people_are_invited
    half_operators_do_not_remove_one_another
    what_was_said_goes_with_a_room_that_gets_another_name
    people_are_removed_from_a_room
    a_secret_room_does_not_leak
    who_is_invisible_is_seen_only_in_shared_rooms
    rooms_are_found_by_name_size_and_age
    fields_of_who_are_chosen
    one_learns_who_had_a_name_before
    what_is_known_of_somebody
    operators_keep_the_house
    people_and_networks_are_kept_out
    a_ban_says_whom_it_is_for_how_long_and_why
    who_is_banned_does_not_stay_without_a_connection
    a_network_or_an_account_stands_on_the_lists_of_a_room
    one_watches_for_people_coming_and_going
    answers_carry_the_label_of_the_question
    tags_travel_with_messages
    those_who_asked_are_told_more
    a_real_name_is_changed_and_told
    some_are_spoken_to_by_rank
    a_room_gets_another_name
    help_explains_every_command
    what_was_typed_wrong_cannot_break_the_answer
    an_account_is_opened_in_ones_own_name
    whatever_somebody_does_says_whose_account_it_is
    accounts_are_opened_before_the_login_where_that_is_allowed
    no_account_is_opened_where_the_house_takes_none
    one_logs_in_to_an_account_with_a_password
    a_login_to_an_account_is_refused_in_words
    an_accounts_name_is_kept_for_its_owner
    the_house_may_leave_names_to_whoever_comes
    nickserv_sees_to_accounts
    nickserv_gives_a_name_back_to_its_owner
    nickserv_refuses_in_words
    a_room_belongs_to_its_founder
    a_room_knows_its_people
    chanserv_refuses_in_words
    one_person_comes_with_several_devices
    one_name_is_for_one_connection_where_the_house_wants_that
    who_wants_to_hear_from_accounts_only_hears_from_those
    who_watches_somebody_hears_once_what_they_do
    a_room_forgets_the_rank_of_an_account_that_ended
    who_wants_to_stays_in_the_rooms_without_a_connection
    everybody_with_an_account_stays_where_the_house_wants_that
    operators_see_to_accounts
    no_account_is_opened_past_the_servers_password
    the_house_may_call_a_stranger_something_else
    everybody_chooses_the_language_they_are_spoken_to_in
    what_was_said_in_a_room_can_be_read_again
    who_is_not_in_a_room_does_not_read_its_history
    a_question_for_history_that_makes_no_sense_is_refused
    what_was_done_in_a_room_can_be_seen_again
    what_was_said_between_two_people_can_be_read_by_both
    messages_wait_for_who_is_away
    nothing_is_kept_where_the_house_keeps_nothing
    messages_wait_for_who_stays_without_a_connection
    several_lines_reach_the_other_devices_of_who_says_them
    who_comes_back_has_the_name_that_was_asked_for_last
    several_lines_wait_for_who_stays_without_a_connection
    what_was_said_can_be_taken_back
    what_was_said_privately_can_be_taken_back
    what_was_said_is_found_by_its_words
    a_message_may_have_several_lines
    a_message_of_several_lines_that_makes_no_sense_is_refused
    how_far_one_has_read_is_told_to_ones_other_clients
}

#[test]
fn every_transcript_in_the_folder_is_played() {
    let files =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter_map(|name| Some(name.strip_suffix(".txt")?.to_owned())).collect();
    assert_eq!(files, NAMES.iter().map(|name| (*name).to_owned()).collect());
}
