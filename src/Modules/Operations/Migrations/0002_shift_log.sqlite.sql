create table shift_log (
    id integer primary key,
    kind text not null,
    at text not null,
    author text not null,
    text text not null,
    words text not null,
    subject text,
    open text,
    taken_over_at text,
    taken_over_by text,
    version integer not null
);
create index ix_shift_log_at on shift_log (at, id);
