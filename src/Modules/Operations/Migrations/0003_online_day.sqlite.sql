create table online_day (
    id integer primary key,
    day_on text not null,
    closed_at text,
    closed_by text,
    version integer not null
);
create unique index ux_online_day on online_day (day_on);

create table day_message (
    id integer primary key,
    text text not null,
    said_at text not null,
    said_by text not null,
    until_at text not null,
    withdrawn_at text,
    version integer not null
);
create index ix_day_message_until on day_message (until_at);
