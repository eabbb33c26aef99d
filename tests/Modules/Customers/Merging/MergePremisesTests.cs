using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Customers.Agreements;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.Premises;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Merging;

public class MergePremisesTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task What_is_supplied_and_recorded_there_follows_the_old_address_finds_it_and_it_comes_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Premise("12 Birch Trail, Springfield, OR 97477"), await desk.Premise("12 Birk Trail, Springfield, OR 97477"));
        var (ana, bo) = (await desk.Person(), await desk.Person("Bo", "Quist"));
        await desk.Agreement((await desk.Account(ana.Id)).Id, old.Id, ServiceType.Electricity);
        await desk.Agreement((await desk.Account(bo.Id)).Id, survivor.Id, ServiceType.Water);
        CustomerDesk.Ok(await desk.Do<FlagPremise, FlagPremise.Input>(new(old.Id, await Version(desk, old.Id), true, true)));
        var merged = CustomerDesk.Ok(await Merge(desk, old.Id, survivor.Id));

        await using (var scope = desk.House.As(Roles.Csr))
        {
            Assert.Equal(survivor.Id, (await scope.Get<ICustomers>().Premise(old.Id, Ct))!.Id);
            var found = (await scope.Get<GetPremise>().Handle(new(old.Id), Ct)).Value;
            Assert.Equal((survivor.Id, true, 2), (found.Premise.Id, found.Premise.LifeSupport, found.Accounts.Count));
            foreach (var typed in (string[])["12 birch ruiz", "12 birk ruiz", "12 birch quist"])
                Assert.Single((await scope.Get<ISearch>().Find(typed, null, 10, Ct)).Hits);
            var note = await scope.Get<AddNote>().Handle(new(null, null, old.Id, "Key at the back"), Ct);
            Assert.True(note.Ok, note.ToString());
        }
        using var client = await desk.House.SignedIn(Roles.Supervisor);
        using var moved = await client.GetAsync($"/premises/{old.Id}");
        Assert.Equal((HttpStatusCode.Found, $"/premises/{survivor.Id}?merged={old.Id}"), (moved.StatusCode, moved.Headers.Location?.ToString()));
        foreach (var page in (string[])[$"/premises/{survivor.Id}?merged={old.Id}", $"/premises/{survivor.Id}/merge", $"/premises/{survivor.Id}/merges"])
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(page)).StatusCode);
        Assert.Contains($"/premises/{survivor.Id}/merges", await client.GetStringAsync($"/premises/{survivor.Id}"), StringComparison.Ordinal);

        // Said anew of the survivor, it stays there; the life support was the other's only.
        foreach (var load in (bool[])[false, true])
            CustomerDesk.Ok(await desk.Do<FlagPremise, FlagPremise.Input>(new(survivor.Id, await Version(desk, survivor.Id), true, load)));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Two houses"), Roles.Supervisor));
        Assert.Equal(1, await desk.Count("service_agreement", $"premise_id = {old.Id}"));
        Assert.Equal(1, await desk.Count("service_agreement", $"premise_id = {survivor.Id}"));
        Assert.Equal(1, await desk.Count("premise", $"id = {survivor.Id} and not life_support and sensitive_load"));
        Assert.Equal(1, await desk.Count("premise", $"id = {old.Id} and life_support and sensitive_load"));
        Assert.Equal(1, await desk.Count("note", $"subject = 'premise:{survivor.Id}'"));
        await using var after = desk.House.As(Roles.Csr);
        Assert.Equal(ana.Id, Assert.Single((await after.Get<ISearch>().Find("12 birch", null, 10, Ct)).Hits).OwnerId);
    }

    [Theory, BothDatabases]
    public async Task The_same_service_at_both_stops_the_merge_and_an_agreement_is_not_started_at_the_dead_one(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Premise("12 Birch Trail, Springfield, OR 97477"), await desk.Premise("14 Birch Trail, Springfield, OR 97477"));
        var (one, other) = (await desk.Account((await desk.Person()).Id), await desk.Account((await desk.Person("Bo", "Quist")).Id));
        await desk.Agreement(one.Id, old.Id);
        await desk.Agreement(other.Id, survivor.Id);
        var refused = await Merge(desk, old.Id, survivor.Id);
        Assert.Equal("merge.impossible", CustomerDesk.Rule(refused));
        Assert.Contains("Electricity", refused.ToString(), StringComparison.Ordinal);

        var third = await desk.Premise("16 Birch Trail, Springfield, OR 97477");
        CustomerDesk.Ok(await Merge(desk, third.Id, survivor.Id));
        var started = await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(other.Id, third.Id, ServiceType.Gas, desk.Today));
        Assert.True(started.Ok, started.ToString());
        Assert.Equal(2, await desk.Count("service_agreement", $"premise_id = {survivor.Id}"));
        var again = await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(one.Id, third.Id, ServiceType.Electricity, desk.Today));
        Assert.Equal("agreement.running", CustomerDesk.Rule(again));
    }

    [Theory, BothDatabases]
    public async Task The_api_previews_merges_tells_the_survivor_and_undoes(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis", "541 555 0142"), await desk.Person());
        using var csr = await desk.House.SignedInApi(Roles.Csr);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync($"/api/v1/people/{old.Id}/merge?into={survivor.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.PostAsJsonAsync($"/api/v1/people/{old.Id}/merge", new { intoId = survivor.Id, reason = "x" }, Ct)).StatusCode);
        using var client = await desk.House.SignedInApi(Roles.Supervisor);
        var preview = await client.GetFromJsonAsync<JsonElement>($"/api/v1/people/{old.Id}/merge?into={survivor.Id}", Ct);
        Assert.Contains(preview.GetProperty("follows").EnumerateArray(), f => f.GetProperty("what").GetString() == "phones");
        using var merged = await client.PostAsJsonAsync($"/api/v1/people/{old.Id}/merge", new { fromVersion = old.Version, intoId = survivor.Id, intoVersion = survivor.Version, reason = "Same" }, Ct);
        Assert.Equal(HttpStatusCode.OK, merged.StatusCode);
        var id = (await merged.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetInt64();
        Assert.Equal(survivor.Id, (await client.GetFromJsonAsync<JsonElement>($"/api/v1/people/{old.Id}", Ct)).GetProperty("id").GetInt64());
        Assert.Equal(id, (await client.GetFromJsonAsync<JsonElement>($"/api/v1/merges?personId={survivor.Id}", Ct))[0].GetProperty("id").GetInt64());
        using var rubbish = await client.PostAsJsonAsync($"/api/v1/merges/{id + 1}/undo", new { because = "x" }, Ct);
        Assert.Equal(HttpStatusCode.NotFound, rubbish.StatusCode);
        using var undone = await client.PostAsJsonAsync($"/api/v1/merges/{id}/undo", new { because = "Two people" }, Ct);
        Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        Assert.Equal(old.Id, (await client.GetFromJsonAsync<JsonElement>($"/api/v1/people/{old.Id}", Ct)).GetProperty("id").GetInt64());
    }

    private static async Task<Outcome<MergePremises.Merged>> Merge(CustomerDesk desk, long from, long into)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return await scope.Get<MergePremises>().Handle(new(from, await Version(desk, from), into, await Version(desk, into), "Same place", true), Ct);
    }

    private static async Task<int> Version(CustomerDesk desk, long premise)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return await scope.Db.Set<Premise>().Where(p => p.Id == premise).Select(p => p.Version).SingleAsync(Ct);
    }
}
