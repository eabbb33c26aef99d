create table demo_night (
    id integer primary key,
    number integer not null,
    morning_on text not null,
    at text not null,
    started_by text not null,
    runs text not null,
    version integer not null
);
create unique index ux_demo_night_number on demo_night (number);
