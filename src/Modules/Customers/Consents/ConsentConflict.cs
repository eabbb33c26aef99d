namespace Tieline.Customers.Consents;

/// <summary>
/// Consents that cannot all be meant: the channel that a person prefers is refused for every purpose, or two people share a phone number
/// or an e-mail address, and one gave what the other refused. Messages that were stopped after a death are nobody's answer. Somebody
/// restricted is in no conflict with others: it would tell whose number it is.
/// </summary>
internal static class ConsentConflict
{
    /// <summary>
    /// Rows of <c>person_id, kind, other_id, purpose, channel</c>: kind is <c>Preferred</c> (other_id and purpose are null) or <c>Shared</c>
    /// (other_id is the person with the same number or address). Part of a larger statement; alike on both databases.
    /// </summary>
    /// <param name="people">What stands inside of <c>in (...)</c>: keys, a parameter, or a select of person keys.</param>
    public static string Of(string people) => $"""
        select p.id as person_id, 'Preferred' as kind, cast(null as bigint) as other_id, cast(null as text) as purpose, r.channel as channel
        from person p join consent r on r.person_id = p.id and r.superseded_at is null and r.answer = 'Refused' and r.source <> 'Stop'
            and r.channel = case p.preferred_channel when 'Phone' then 'Call' else p.preferred_channel end
        where p.id in ({people})
        group by p.id, r.channel having count(*) = {Enum.GetValues<ConsentPurpose>().Length}
        union all
        select c.person_id, 'Shared', o.person_id, c.purpose, c.channel
        from consent c
        join (
            select a.person_id, b.person_id as other_id, 'Number' as via from person_phone a join person_phone b on b.e164 = a.e164 and b.person_id <> a.person_id
            where a.person_id in ({people})
            union
            select a.person_id, b.person_id, 'Address' from person_email a join person_email b on b.address_key = a.address_key and b.person_id <> a.person_id
            where a.person_id in ({people})) s on s.person_id = c.person_id and ((s.via = 'Number' and c.channel in ('Call', 'Text')) or (s.via = 'Address' and c.channel = 'Email'))
        join person op on op.id = s.other_id and op.restriction = 'None' and op.merged_into_id is null
        join consent o on o.person_id = s.other_id and o.purpose = c.purpose and o.channel = c.channel and o.answer <> c.answer and o.superseded_at is null and o.source <> 'Stop'
        where c.person_id in ({people}) and c.superseded_at is null and c.source <> 'Stop'
        """;
}
