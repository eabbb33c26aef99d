using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using Tieline.Contacts.Import;
using Tieline.Contacts.Records;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

/// <summary>Card and national-id numbers do not get into what is kept, unless somebody says that they are none.</summary>
public sealed class SecretNumbersTypedTests
{
    private const string Card = "4111 1111 1111 1111";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task What_looks_like_a_card_is_refused_at_its_field_until_somebody_says_it_is_none(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        using var machine = await house.SignedInApi(Roles.Csr);
        var body = new { type = "thb", personId = given.Person, channel = "Phone", comment = $"paid with {Card}" };
        using var refused = await machine.PostAsJsonAsync("/api/v1/contacts", body, Ct);
        var text = await refused.Content.ReadAsStringAsync(Ct);
        Assert.True(refused.StatusCode == HttpStatusCode.UnprocessableEntity, text);
        using var problem = JsonDocument.Parse(text);
        var error = Assert.Single(problem.RootElement.GetProperty("errors").EnumerateArray(), e => e.GetProperty("rule").GetString() == Problem.SecretNumberRule);
        Assert.Equal("comment", error.GetProperty("field").GetString());
        Assert.DoesNotContain("1111 1111", text, StringComparison.Ordinal);

        // The name of a file is text, too.
        using var named = await machine.PostAsJsonAsync("/api/v1/contacts", new { type = "thb", personId = given.Person, channel = "Phone", comment = "paid", files = new[] { new { name = $"{Card}.txt", content = "paid"u8.ToArray() } } }, Ct);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (named.StatusCode, (await named.Content.ReadAsStringAsync(Ct)).Contains(Problem.SecretNumberRule, StringComparison.Ordinal)));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/contacts") { Content = JsonContent.Create(body) };
        request.Headers.Add(ApiRoutes.NotSecretHeader, "comment");
        using var accepted = await machine.SendAsync(request, Ct);
        Assert.True(accepted.StatusCode == HttpStatusCode.Created, await accepted.Content.ReadAsStringAsync(Ct));
        await using var scope = house.As(Roles.Csr);
        Assert.Contains("***1111", await (await scope.Connection()).QuerySingleAsync<string>("select changes from audit_entry where action = 'confirmed' and subject like 'contact:%'"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_form_asks_for_the_word_and_takes_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        using var csr = await house.SignedIn(Roles.Csr);
        Task<HttpResponseMessage> Send(params (string, string)[] more) =>
            csr.Submit($"/customers/{given.Person}/notes/new", "form-add-note", [("Body", $"asks about {Card} and 123-45-6789"), ("Audience", "Everyone"), .. more]);
        using (var refused = await Send())
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("name=\"_not_secret\" value=\"Body\"", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        using (var other = await Send(("_not_secret", "Audience")))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(0, await Count(house, "note"));
        using (var accepted = await Send(("_not_secret", "Body")))
            Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
        Assert.Equal(1, await Count(house, "note"));
        Assert.Equal(1, await Count(house, "audit_entry", $"action = 'confirmed' and subject = 'person:{given.Person}'"));
    }

    [Theory, BothDatabases]
    public async Task What_is_handed_over_unfinished_and_numbers_to_call_are_looked_through_too(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        using var machine = await house.SignedInApi(Roles.Supervisor);
        async Task<JsonElement> Post(string path, object body, HttpStatusCode expected, string? notSecret = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}") { Content = JsonContent.Create(body) };
            if (notSecret is not null)
                request.Headers.Add(ApiRoutes.NotSecretHeader, notSecret);
            using var answer = await machine.SendAsync(request, Ct);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            Assert.True(answer.StatusCode == expected, text);
            Assert.DoesNotContain("1111 1111", text, StringComparison.Ordinal);
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
        }
        await Post("interactions", new { numberOrPlace = Card, employeeId = given.Employee }, HttpStatusCode.UnprocessableEntity);
        var call = (await Post("interactions", new { numberOrPlace = "4222222222222", employeeId = given.Employee }, HttpStatusCode.Created)).GetProperty("id").GetInt64();
        object Recorded(string reporter, string promised) => new
        {
            type = "thb", personId = given.Person, channel = "Phone", comment = "says so", reporterPhone = reporter, reminder = new { on = DateOnly.FromDateTime(house.Clock.GetUtcNow().UtcDateTime).AddDays(3), roleId = given.Role, phone = promised },
        };
        await Post("contacts", Recorded(Card, "541 555 0142"), HttpStatusCode.UnprocessableEntity);
        await Post("contacts", Recorded("541 555 0142", Card), HttpStatusCode.UnprocessableEntity);

        object Over(string comment, string phone) => new { roleId = given.Role, drafts = JsonSerializer.Serialize(new[] { new { values = new[] { new[] { "Comment", comment }, ["Reminder.Phone", phone] } } }) };
        await Post($"interactions/{call}/hand-over", Over($"pays with {Card}", "541 555 0142"), HttpStatusCode.UnprocessableEntity);
        await Post($"interactions/{call}/hand-over", Over("pays", Card), HttpStatusCode.UnprocessableEntity);
        Assert.Equal(0, await Count(house, "interaction_draft"));
        await Post($"interactions/{call}/hand-over", Over($"order {Card}", "4222222222222"), HttpStatusCode.NoContent, "drafts");
        Assert.Equal(1, await Count(house, "interaction_draft"));
        // Instants and keys may have four such digits by chance.
        Assert.Equal(0, await Count(house, "audit_entry", "replace(changes, ' ', '') like '%41111111%'"));
        Assert.Equal(1, await Count(house, "audit_entry", "action = 'confirmed' and changes like '%***1111%'"));
    }

    [Theory, BothDatabases]
    public async Task An_import_masks_them_or_rejects_the_row(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Given.A_small_utility(house);
        var mapping = new ContactMapping("old", "id", "America/Los_Angeles", new(Otherwise: "Old"), new(Otherwise: "Old call"), new(Otherwise: "Phone"), "at", "{text}", Closed: "at", Address: "{place}");
        ImportRow Row(long line, string id) => new(line, new Dictionary<string, string> { ["id"] = id, ["at"] = "2026-01-02 10:00", ["text"] = $"gave {Card}", ["place"] = "12 Elm St, Springfield, OR 97477" });
        await using (var scope = house.As(Roles.Operator))
        {
            // A key of another system may look like a card by chance.
            var masked = await scope.Get<ImportContactRows>().Handle(new(mapping, [Row(2, "4111111111111111")]), Ct);
            Assert.Equal(RowOutcome.Imported, Assert.Single(masked.Value.Results).Outcome);
            var rejected = await scope.Get<ImportContactRows>().Handle(new(mapping with { RejectSecretNumbers = true }, [Row(3, "5")]), Ct);
            Assert.Equal(RowOutcome.Rejected, Assert.Single(rejected.Value.Results).Outcome);
        }
        Assert.Equal(0, await Count(house, "contact_log", "body like '%4111%'") + await Count(house, "timeline_entry", "body like '%4111%'"));
        Assert.Equal(1, await Count(house, "contact_log", "body = 'gave [***1111]'"));
    }

    [Theory, BothDatabases]
    public async Task A_utility_may_look_for_more(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var change = scope.Get<ChangeSetting>();
            foreach (var wrong in (string[])["(", "a*", "(?=x)y", "(a)\\1"])
                Assert.Equal("setting.value", Assert.Single((await change.Handle(new("security.secret_patterns", wrong, 0), Ct)).Problems).Rule);
            Assert.True((await change.Handle(new("security.secret_patterns", "DL[0-9]{7} K-[0-9]{5}", 0), Ct)).Ok);
        }
        using var machine = await house.SignedInApi(Roles.Csr);
        async Task<HttpStatusCode> Note(string body)
        {
            using var answer = await machine.PostAsync("/api/v1/notes", new StringContent(JsonSerializer.Serialize(new { personId = given.Person, body }), Encoding.UTF8, "application/json"), Ct);
            return answer.StatusCode;
        }
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Note("showed DL1234567"));
        Assert.Equal(HttpStatusCode.Created, await Note("showed DL123456"));
    }

    private static async Task<long> Count(TestHouse house, string table, string where = "1 = 1")
    {
        await using var scope = house.As(Roles.Csr);
        return await (await scope.Connection()).ExecuteScalarAsync<long>($"select count(*) from {table} where {where}");
    }
}
