create table saved_filter (
    id integer primary key,
    user_id integer not null references user_account (id),
    page text not null,
    name text not null,
    query text not null,
    created_at text not null
);
create unique index ux_saved_filter_name on saved_filter (user_id, page, name);
