using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Tieline.Host;

namespace Tieline.Tests.Browser;

/// <summary>Every page of the house, found in its assemblies, and where in the town an example of it stands.</summary>
internal static partial class Routes
{
    /// <summary>What stands inside of other pages and is never opened by itself; <see cref="Accessibility"/> looks at it there.</summary>
    private static readonly HashSet<string> Parts = new(StringComparer.Ordinal)
    {
        "/about/ui/types", "/bars", "/contacts/correct/parts", "/contacts/emergency/same", "/contacts/promise/warnings", "/contacts/record/parts", "/contacts/record/places", "/contacts/types/choices", "/customers/choices", "/customers/{Id:long}/caller",
        "/demo/day",
        "/employees/choices", "/in-hand", "/premises/choices", "/search/count", "/search/panel", "/todos/count", "/todos/people", "/tours/coach",
    };

    /// <summary>Where a page wants more than its address to show anything.</summary>
    private static readonly Dictionary<string, string> Asked = new(StringComparer.Ordinal)
    {
        ["/search"] = "/search?q=a", ["/admin/alerts/new"] = "/admin/alerts/new?of=contacts.count", ["/contacts/record"] = "/contacts/record?type=hb", ["/todos"] = "/todos?scope=All", ["/about/ui/record/{Number}"] = "/about/ui/record/4711-0",
        ["/admin/rights/{Name}"] = "/admin/rights/users.manage",
        ["/tours/{Code}"] = "/tours/business-administrator",
        ["/admin/settings/{Name}"] = "/admin/settings/utility.time_zone",
    };

    /// <summary>Queries that give the values of a route's parameters, in their order.</summary>
    private static readonly Dictionary<string, string> Examples = new(StringComparer.Ordinal)
    {
        ["/absences/{Id:long}/change"] = "select max(id) from absence where cancelled_at is null",
        ["/accounts/{Id:long}"] = AnAccount,
        ["/accounts/{Id:long}/agreements/new"] = AnAccount,
        ["/accounts/{Id:long}/change"] = AnAccount,
        ["/accounts/{Id:long}/close"] = AnAccount,
        ["/accounts/{Id:long}/people/new"] = AnAccount,
        ["/accounts/{Id:long}/people/{Part:long}"] = "select account_id, id from account_person where to_on is null order by id limit 1",
        ["/accounts/{AccountId:long}/notes/new"] = AnAccount,
        ["/operations/batches/{Id:long}"] = "select id from batch_control where code = 'TD-CCCB'",
        ["/admin/alerts/{Id:long}"] = "select id from alert_setting where code = 'contacts.count'",
        ["/admin/calendars/{Id:long}"] = ACalendar,
        ["/admin/calendars/{Id:long}/change"] = ACalendar,
        ["/admin/calendars/{Id:long}/holidays/new"] = ACalendar,
        ["/admin/calendars/{Id:long}/import"] = ACalendar,
        ["/admin/configuration/{Id:long}"] = "select max(id) from configuration_import",
        ["/admin/contact-classes/{Id:long}"] = "select min(id) from contact_class",
        ["/admin/contact-types/{Id:long}"] = "select min(type_id) from contact_type_characteristic",
        ["/admin/customer-files/{Id:long}"] = "select max(id) from customer_file",
        ["/admin/departments/{Id:long}"] = "select min(parent_id) from department",
        ["/admin/positions/{Id:long}"] = "select min(position_id) from employee",
        ["/admin/shifts/{Id:long}"] = AShiftPattern,
        ["/admin/shifts/{Id:long}/change"] = AShiftPattern,
        ["/admin/skills/{Id:long}"] = "select min(skill_id) from employee_skill",
        ["/admin/todo-roles/{Id:long}"] = ARole,
        ["/admin/todo-roles/{Id:long}/change"] = ARole,
        ["/admin/todo-types/{Id:long}"] = "select min(id) from to_do_type",
        ["/admin/verification-questions/{Id:long}"] = "select min(id) from verification_question",
        ["/admin/users/{Id:long}"] = "select min(id) from user_account",
        ["/admin/web-hooks/{Id:long}"] = AWebHook,
        ["/admin/web-hooks/{Id:long}/change"] = AWebHook,
        ["/admin/web-hooks/{Id:long}/send-again"] = AWebHook,
        ["/admin/web-hooks/deliveries/{Id:long}"] = "select max(id) from web_hook_delivery where last_answer is not null",
        ["/agreements/{Id:long}/move"] = "select min(id) from service_agreement where state = 'Active'",
        ["/contacts/{Id:long}"] = AContact,
        ["/contacts/{Id:long}/attach"] = "select min(id) from contact where person_id is null",
        ["/contacts/{Id:long}/close"] = AContact,
        ["/contacts/{Id:long}/correct"] = AContact,
        ["/contacts/{Id:long}/history"] = AContact,
        ["/contacts/{Id:long}/log"] = AContact,
        ["/contacts/{Id:long}/move"] = AContact,
        ["/contacts/{Id:long}/promise"] = AContact,
        ["/contacts/{Id:long}/reopen"] = "select min(id) from contact where status = 'Closed'",
        ["/customers/{Id:long}"] = ACustomer,
        ["/customers/{Id:long}/accounts/new"] = ACustomer,
        ["/customers/{Id:long}/addresses/new"] = ACustomer,
        ["/customers/{Id:long}/addresses/{Part:long}"] = "select person_id, id from person_address order by id limit 1",
        ["/customers/{Id:long}/authorisations/new"] = ACustomer,
        ["/customers/{Id:long}/authorisations/{Part:long}"] = "select person_id, id from authorisation order by id limit 1",
        ["/customers/{Id:long}/caller"] = ACustomer,
        ["/customers/{Id:long}/caller/again"] = ACustomer,
        ["/customers/{Id:long}/caller/verify"] = ACustomer,
        ["/customers/{Id:long}/change"] = ACustomer,
        ["/customers/{Id:long}/consents"] = "select min(person_id) from consent",
        ["/customers/{Id:long}/emails/new"] = ACustomer,
        ["/customers/{Id:long}/emails/{Part:long}"] = "select person_id, id from person_email order by id limit 1",
        ["/customers/{Id:long}/identifiers/new"] = ACustomer,
        ["/customers/{Id:long}/identifiers/{Part:long}"] = "select person_id, id from person_identifier order by id limit 1",
        ["/customers/{Id:long}/merge"] = ACustomer,
        ["/customers/{PersonId:long}/merges"] = ACustomer,
        ["/customers/{Id:long}/looks-report"] = ACustomer,
        ["/customers/{Id:long}/name"] = ACustomer,
        ["/customers/{Id:long}/names/new"] = ACustomer,
        ["/customers/{Id:long}/names/{Part:long}"] = "select person_id, id from person_name where kind <> 'Main' order by id limit 1",
        ["/customers/{PersonId:long}/notes/new"] = ACustomer,
        ["/customers/{Id:long}/passphrase"] = ACustomer,
        ["/customers/{Id:long}/phones/new"] = ACustomer,
        ["/customers/{Id:long}/phones/{Part:long}"] = "select person_id, id from person_phone order by id limit 1",
        ["/customers/{Id:long}/relationships/new"] = ACustomer,
        ["/customers/{Id:long}/relationships/{Part:long}"] = "select person_id, id from relationship order by id limit 1",
        ["/customers/{Id:long}/restriction"] = ACustomer,
        ["/customers/{Id:long}/timeline"] = ACustomer,
        ["/customers/{Id:long}/flows"] = ACustomer,
        ["/customers/{Id:long}/flows/death"] = ACustomer,
        ["/flows/{Id:long}"] = "select id from guided_flow where state = 'Open' order by case when kind = 'Moving' then 0 else 1 end, id limit 1",
        ["/duplicates/{Id:long}"] = "select min(id) from duplicate_pair where kind = 'Person'",
        ["/customers/{PersonId:long}/warnings/new"] = ACustomer,
        ["/employees/{Id:long}"] = "select min(employee_id) from absence",
        ["/employees/{Id:long}/absences/new"] = AnEmployee,
        ["/employees/{Id:long}/change"] = AnEmployee,
        ["/employees/{Id:long}/roles/add"] = AnEmployee,
        ["/employees/{Id:long}/shifts/follow"] = AnEmployee,
        ["/employees/{Id:long}/shifts/other"] = AnEmployee,
        ["/employees/{Id:long}/skills/give"] = AnEmployee,
        ["/history/{Subject}"] = "select 'person:' || min(person_id) from contact",
        ["/incoming/{Id:long}"] = ADocument,
        ["/incoming/{Id:long}/set-aside"] = ADocument,
        ["/operations/log/{Id:long}"] = "select max(id) from shift_log",
        ["/operations/notices/{Id:long}"] = ANotice,
        ["/operations/notices/{Id:long}/forward"] = ANotice,
        ["/operations/notices/{Id:long}/settle"] = ANotice,
        ["/operations/on-call/{Id:long}"] = "select max(id) from on_call_duty",
        ["/operations/dead-jobs/{Id:long}"] = "select min(id) from job where state = 'Dead'",
        ["/operations/runs/{Id:long}"] = "select min(id) from batch_run where code = 'TD-CCCB'",
        ["/operations/schedules/{Id:long}"] = "select min(id) from batch_schedule where code = 'TD-CCCB'",
        ["/todos/bulk/{Id:long}"] = "select min(id) from to_do_bulk",
        ["/admin/rules/{Id:long}"] = "select min(id) from rule",
        ["/admin/wrap-up-codes/{Id:long}"] = "select min(id) from wrap_up_code",
        ["/interactions/{Id:long}"] = ACall,
        ["/interactions/{Id:long}/end"] = ACall,
        ["/interactions/{Id:long}/hand-over"] = ACall,
        ["/premises/{Id:long}"] = APremise,
        ["/premises/{Id:long}/change"] = APremise,
        ["/premises/{Id:long}/flags"] = APremise,
        ["/premises/{Id:long}/merge"] = APremise,
        ["/premises/{PremiseId:long}/merges"] = APremise,
        ["/premises/{PremiseId:long}/notes/new"] = APremise,
        ["/premises/{PremiseId:long}/warnings/new"] = APremise,
        ["/reminders/{Id:long}/move"] = APromise,
        ["/reminders/{Id:long}/resolve"] = APromise,
        ["/reminders/{Id:long}/withdraw"] = APromise,
        ["/todos/{Id:long}"] = AToDo,
        ["/todos/{Id:long}/forward"] = AToDo,
        ["/todos/{Id:long}/hold"] = AToDo,
        ["/todos/{Id:long}/reopen"] = "select coalesce(max(case when state = 'Complete' then id end), max(id)) from to_do",
        ["/why/{Subject}"] = "select 'to_do:' || max(id) from to_do where cause is not null",
        ["/warnings/{Id:long}"] = "select min(id) from warning where ended_at is null",
    };

    private const string AnAccount = "select max(account_id) from service_agreement where state = 'Active'";
    private const string ACalendar = "select min(id) from business_calendar";
    private const string AShiftPattern = "select max(pattern_id) from shift_assignment";
    private const string AContact = "select max(contact_id) from reminder where state = 'Waiting'";
    // Somebody about whom there is everything to be seen.
    private const string ACustomer = "select c.person_id from contact c join person_email e on e.person_id = c.person_id where c.status = 'Open' order by c.id desc limit 1";
    private const string AnEmployee = "select min(id) from employee where left_on is null";
    private const string ACall = "select max(interaction_id) from contact";
    private const string APremise = "select max(premise_id) from service_agreement where state = 'Active'";
    private const string APromise = "select max(id) from reminder where state = 'Waiting'";
    private const string ARole = "select min(to_do_role_id) from to_do_role_member";
    private const string AToDo = "select max(id) from to_do where state = 'Open' and person_id is not null";

    private const string ADocument = "select min(id) from incoming_document";
    private const string ANotice = "select max(id) from notice where settled_at is null";
    private const string AWebHook = "select min(id) from web_hook";

    /// <summary>Templates as written behind <c>@page</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. House.Modules.Assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetCustomAttributes<RouteAttribute>()).Select(r => r.Template).Distinct().Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Pages => All.Where(r => !Parts.Contains(r));

    /// <summary>What is written here of routes that are no more.</summary>
    public static IEnumerable<string> Forgotten => Parts.Concat(Asked.Keys).Concat(Examples.Keys).Except(All, StringComparer.Ordinal);

    /// <summary>The query that fills in a route's parameters; null when it has none.</summary>
    /// <exception cref="InvalidOperationException">A new page with parameters: it needs an example here.</exception>
    public static string? ExampleOf(string template) => Examples.TryGetValue(template, out var query) ? query
        : template.Contains('{', StringComparison.Ordinal) && !Asked.ContainsKey(template) ? throw new InvalidOperationException($"Give {template} an example in {nameof(Routes)}.") : null;

    public static string Address(string template, IReadOnlyList<object> values)
    {
        var next = 0;
        var address = Asked.GetValueOrDefault(template) ?? Parameter().Replace(template, _ => $"{values[next++]}");
        // Each row of a list is like the one before; a few are looked at.
        return values.Count > 0 ? address : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}size=6";
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
