-- What `sqlite3 teahouse.db .dump` printed of a database that a server of version 6 had written: two accounts, one of
-- which stays, a room that belongs to somebody, bans, history, a message that waits, a marker. The passwords are
-- sesame12 (alice) and correct34 (bob); only the times were changed, to a day in 2025.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
PRAGMA user_version=6;
CREATE TABLE ban (
        kind TEXT NOT NULL,
        target TEXT NOT NULL,
        reason TEXT NOT NULL,
        who TEXT NOT NULL,
        until INTEGER, -- seconds since 1970; NULL for never
        PRIMARY KEY (kind, target)
    ) WITHOUT ROWID;
INSERT INTO ban VALUES('D','192.0.2.0/24','bad network','root',NULL);
INSERT INTO ban VALUES('K','spam!*@*','no spam','root',NULL);
CREATE TABLE account (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        since INTEGER NOT NULL, -- seconds since 1970
        password TEXT NOT NULL, -- its argon2id hash
        scram TEXT -- the keys of SCRAM-SHA-256, as RFC 5803 has them
    , always_on INTEGER) WITHOUT ROWID;
INSERT INTO account VALUES('alice',1738324800,'$argon2id$v=19$m=19456,t=2,p=1$mLk2t0gjKpD6l/bAKasDRg$KB8EWfmUgZyTfeJyKRPZfOSh0pczk9yLL7ym86uksxU',NULL,1);
INSERT INTO account VALUES('bob',1738324800,'$argon2id$v=19$m=19456,t=2,p=1$vhFllYpLRAgYX9I0OwQKgA$WZFYDoenhlDjay1Fooqylakw2GkxjnGFBNuHVluuXFI',NULL,NULL);
CREATE TABLE certificate (
        fingerprint TEXT PRIMARY KEY, -- SHA-256, in lower case
        account TEXT NOT NULL COLLATE NOCASE REFERENCES account ON DELETE CASCADE
    ) WITHOUT ROWID;
CREATE TABLE channel (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        created INTEGER NOT NULL,
        founder TEXT NOT NULL COLLATE NOCASE,
        flags TEXT NOT NULL, -- the letters of the modes that are on
        key TEXT,
        user_limit INTEGER,
        slow_secs INTEGER,
        topic TEXT,
        topic_who TEXT,
        topic_when INTEGER
    ) WITHOUT ROWID;
INSERT INTO channel VALUES('#茶馆',1738324800,'bob','mnt',NULL,50,10,'绿茶和红茶','bob!~bob@127.0.0.1',1738324800);
CREATE TABLE channel_access (
        channel TEXT NOT NULL COLLATE NOCASE REFERENCES channel ON DELETE CASCADE,
        position INTEGER NOT NULL,
        account TEXT NOT NULL COLLATE NOCASE,
        rank TEXT NOT NULL, -- its letter
        PRIMARY KEY (channel, position)
    ) WITHOUT ROWID;
INSERT INTO channel_access VALUES('#茶馆',0,'alice','v');
CREATE TABLE channel_list (
        channel TEXT NOT NULL COLLATE NOCASE REFERENCES channel ON DELETE CASCADE,
        list TEXT NOT NULL, -- b, e or I
        position INTEGER NOT NULL,
        mask TEXT NOT NULL,
        who TEXT NOT NULL,
        time INTEGER NOT NULL,
        PRIMARY KEY (channel, list, position)
    ) WITHOUT ROWID;
INSERT INTO channel_list VALUES('#茶馆','b',0,'a:eve','bob!~bob@127.0.0.1',1738324800);
INSERT INTO channel_list VALUES('#茶馆','e',0,'a:alice','bob!~bob@127.0.0.1',1738324800);
CREATE TABLE place ( -- a conversation: a room's folded name, or two parties with a space between them
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    );
INSERT INTO place VALUES(1,'#lobby');
INSERT INTO place VALUES(2,'#board');
INSERT INTO place VALUES(3,'#茶馆');
INSERT INTO place VALUES(4,'#open');
INSERT INTO place VALUES(5,'alice bob');
CREATE TABLE party ( -- who takes part in a private conversation: an account, or ~ and a nickname
        name TEXT NOT NULL,
        place INTEGER NOT NULL REFERENCES place ON DELETE CASCADE,
        PRIMARY KEY (name, place)
    ) WITHOUT ROWID;
INSERT INTO party VALUES('alice',5);
INSERT INTO party VALUES('bob',5);
CREATE TABLE message (
        id INTEGER PRIMARY KEY, -- microseconds since 1970
        place INTEGER NOT NULL,
        kind INTEGER NOT NULL, -- 1 PRIVMSG, 2 NOTICE, 3 TAGMSG, 4 JOIN, ...; 16 more from a bot
        source TEXT NOT NULL,
        account TEXT,
        target TEXT,
        tags TEXT,
        words TEXT NOT NULL
    );
INSERT INTO message VALUES(1738324800598968,1,4,'alice!~alice@127.0.0.1',NULL,NULL,NULL,'Alice');
INSERT INTO message VALUES(1738324800599956,1,4,'bob!~bob@127.0.0.1',NULL,NULL,NULL,'Bob');
INSERT INTO message VALUES(1738324800600632,1,4,'root!~root@127.0.0.1',NULL,NULL,NULL,'Root');
INSERT INTO message VALUES(1738324800704937,2,4,'alice!~alice@127.0.0.1','alice',NULL,NULL,'Alice');
INSERT INTO message VALUES(1738324800706158,2,10,'alice!~alice@127.0.0.1','alice',NULL,NULL,'+ski key');
INSERT INTO message VALUES(1738324800706341,2,10,'alice!~alice@127.0.0.1','alice',NULL,NULL,'+b mallory!*@*');
INSERT INTO message VALUES(1738324800706447,2,9,'alice!~alice@127.0.0.1','alice',NULL,NULL,'Minutes');
INSERT INTO message VALUES(1738324800706527,2,1,'alice!~alice@127.0.0.1','alice',NULL,NULL,'behind closed doors');
INSERT INTO message VALUES(1738324800706650,3,4,'bob!~bob@127.0.0.1','bob',NULL,NULL,'Bob');
INSERT INTO message VALUES(1738324800707615,3,9,'bob!~bob@127.0.0.1','bob',NULL,NULL,'绿茶和红茶');
INSERT INTO message VALUES(1738324800712644,3,10,'bob!~bob@127.0.0.1','bob',NULL,NULL,'+mlS 50 10');
INSERT INTO message VALUES(1738324800713579,3,10,'bob!~bob@127.0.0.1','bob',NULL,NULL,'+be a:eve a:alice');
INSERT INTO message VALUES(1738324800716893,3,4,'alice!~alice@127.0.0.1','alice',NULL,NULL,'Alice');
INSERT INTO message VALUES(1738324800718262,3,1,'bob!~bob@127.0.0.1','bob',NULL,NULL,'今天喝茶');
INSERT INTO message VALUES(1738324800718465,3,1,'bob!~bob@127.0.0.1','bob',NULL,NULL,'明天也喝');
INSERT INTO message VALUES(1738324800718603,4,4,'bob!~bob@127.0.0.1','bob',NULL,NULL,'Bob');
INSERT INTO message VALUES(1738324800718794,4,1,'bob!~bob@127.0.0.1','bob',NULL,NULL,'anybody may read this');
INSERT INTO message VALUES(1738324800718902,4,4,'alice!~alice@127.0.0.1','alice',NULL,NULL,'Alice');
INSERT INTO message VALUES(1738324800719837,5,1,'bob!~bob@127.0.0.1','bob','alice',NULL,'between us');
INSERT INTO message VALUES(1738324800721120,5,1,'bob!~bob@127.0.0.1','bob','alice',NULL,'read me later');
CREATE TABLE waiting ( -- what is still to be shown to somebody who was away
        account TEXT NOT NULL,
        message INTEGER NOT NULL,
        PRIMARY KEY (account, message)
    ) WITHOUT ROWID;
INSERT INTO waiting VALUES('alice',1738324800721120);
CREATE TABLE marker ( -- how far somebody has read
        account TEXT NOT NULL,
        target TEXT NOT NULL,
        read INTEGER NOT NULL,
        PRIMARY KEY (account, target)
    ) WITHOUT ROWID;
INSERT INTO marker VALUES('alice','#open',1735689600000000);
CREATE TABLE room ( -- the rooms that are open and that anybody may enter
        name TEXT PRIMARY KEY,
        since INTEGER NOT NULL
    ) WITHOUT ROWID;
INSERT INTO room VALUES('#open',1738324800718601);
INSERT INTO room VALUES('#茶馆',1738324800706648);
CREATE TABLE secret (
        name TEXT PRIMARY KEY NOT NULL,
        value BLOB NOT NULL
    ) WITHOUT ROWID;
INSERT INTO secret VALUES('cloak',X'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a');
CREATE TABLE presence (
        account TEXT PRIMARY KEY COLLATE NOCASE REFERENCES account ON DELETE CASCADE,
        nick TEXT NOT NULL,
        user TEXT NOT NULL,
        host TEXT NOT NULL,
        realname TEXT NOT NULL,
        modes TEXT NOT NULL -- letters
    ) WITHOUT ROWID;
INSERT INTO presence VALUES('alice','alice','~alice','127.0.0.1','Alice','');
CREATE TABLE presence_room (
        account TEXT NOT NULL COLLATE NOCASE REFERENCES presence ON DELETE CASCADE,
        position INTEGER NOT NULL,
        channel TEXT NOT NULL,
        ranks TEXT NOT NULL, -- letters
        PRIMARY KEY (account, position)
    ) WITHOUT ROWID;
INSERT INTO presence_room VALUES('alice',0,'#lobby','');
INSERT INTO presence_room VALUES('alice',1,'#board','o');
INSERT INTO presence_room VALUES('alice',2,'#茶馆','v');
INSERT INTO presence_room VALUES('alice',3,'#open','');
CREATE INDEX certificates_of_an_account ON certificate (account);
CREATE INDEX messages_of_a_place ON message (place, id);
COMMIT;
