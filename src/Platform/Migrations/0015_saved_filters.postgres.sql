create table saved_filter (
    id bigint primary key,
    user_id bigint not null references user_account (id),
    page text not null,
    name text not null,
    query text not null,
    created_at timestamp with time zone not null
);
create unique index ux_saved_filter_name on saved_filter (user_id, page, name);
