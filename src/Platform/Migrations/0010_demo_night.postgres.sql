create table demo_night (
    id bigint primary key,
    number integer not null,
    morning_on date not null,
    at timestamp with time zone not null,
    started_by text not null,
    runs text not null,
    version integer not null
);
create unique index ux_demo_night_number on demo_night (number);
