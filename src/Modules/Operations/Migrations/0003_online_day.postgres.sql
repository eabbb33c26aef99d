create table online_day (
    id bigint primary key,
    day_on date not null,
    closed_at timestamp with time zone,
    closed_by text,
    version integer not null
);
create unique index ux_online_day on online_day (day_on);

create table day_message (
    id bigint primary key,
    text text not null,
    said_at timestamp with time zone not null,
    said_by text not null,
    until_at timestamp with time zone not null,
    withdrawn_at timestamp with time zone,
    version integer not null
);
create index ix_day_message_until on day_message (until_at);
