using AwesomeAssertions;
using CsCheck;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>
/// The law of tokens: after any history a token is good exactly when nothing has ended it (password, disabling, deletion, revocation, the end of its application credential) and its user has a role on its
/// project now.
/// </summary>
public sealed class TokenLawTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_token_is_good_exactly_when_the_model_says_so()
    {
        var steps = Gen.Select(Gen.Int[0, 13], Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int[0, 100]).Array[1, 25];
        await steps.SampleAsync(
            async history =>
            {
                var world = await World.MakeAsync(cloud);
                foreach (var (what, user, project, which) in history)
                {
                    await world.StepAsync(what, user, project, which);
                }

                await world.CompareAsync();
            },
            iter: 60,
            threads: 2);
    }

    private sealed class ModelToken(string id, int user, int project, ModelCredential? credential)
    {
        public string Id => id;

        public int User => user;

        public int Project => project;

        public ModelCredential? Credential => credential;

        public bool Ended { get; set; }
    }

    private sealed class ModelCredential(string id, int user, int project)
    {
        public string Id => id;

        public int User => user;

        public int Project => project;

        public bool Ended { get; set; }
    }

    /// <summary>Two users and two projects of one domain, as the cloud has them and as a model of a few lines has them.</summary>
    private sealed class World(Cloud cloud)
    {
        private readonly bool[] _userEnabled = [true, true], _userThere = [true, true], _projectEnabled = [true, true], _projectThere = [true, true];
        private readonly HashSet<(int User, int Project)> _roles = [];
        private readonly string[] _passwords = ["pw", "pw"];
        private readonly List<ModelToken> _tokens = [];
        private readonly List<ModelCredential> _credentials = [];
        private string[] _users = [], _projects = [];
        private string _domain = "", _role = "";
        private bool _domainEnabled = true;

        public static async Task<World> MakeAsync(Cloud cloud)
        {
            var world = new World(cloud) { _role = await cloud.RoleAsync("member"), _domain = await cloud.NewAsync("domain", $"\"name\":\"{Unique("d")}\"") };
            world._users = [await cloud.NewUserAsync(world._domain), await cloud.NewUserAsync(world._domain)];
            world._projects = [await cloud.NewProjectAsync(world._domain), await cloud.NewProjectAsync(world._domain)];
            await world.StepAsync(5, 0, 0, 0);
            await world.StepAsync(5, 1, 1, 0);
            return world;
        }

        public Task StepAsync(int what, int u, int p, int which) => what switch
        {
            0 or 1 or 2 => LogInAsync(u, p),
            3 => PasswordAsync(u),
            4 => EnableAsync(u, which % 2 == 0),
            5 or 6 => AssignAsync(u, p, true),
            7 => AssignAsync(u, p, false),
            8 => EnableProjectAsync(p, which % 2 == 0),
            9 => EnableDomainAsync(which % 2 == 0),
            10 => RevokeAsync(which),
            11 => CredentialAsync(u, p),
            12 => LogInByCredentialAsync(which),
            _ => which % 4 == 0 ? which % 8 == 0 ? DeleteUserAsync(u) : DeleteProjectAsync(p) : RescopeAsync(which, p),
        };

        public async Task CompareAsync()
        {
            foreach (var token in _tokens)
            {
                (await cloud.IsGoodAsync(token.Id)).Should().Be(IsGood(token));
            }
        }

        private bool IsGood(ModelToken t) => !t.Ended && _roles.Contains((t.User, t.Project)) && MayLogIn(t.User) && ProjectStands(t.Project);

        private bool MayLogIn(int u) => _userThere[u] && _userEnabled[u] && _domainEnabled;

        private bool ProjectStands(int p) => _projectThere[p] && _projectEnabled[p] && _domainEnabled;

        private void End(Func<ModelToken, bool> which) => _tokens.FindAll(token => which(token)).ForEach(token => token.Ended = true);

        private void EndCredentials(Func<ModelCredential, bool> which)
        {
            _credentials.FindAll(c => which(c)).ForEach(c => c.Ended = true);
            End(token => token.Credential?.Ended == true);
        }

        private async Task LogInAsync(int u, int p)
        {
            var answer = await cloud.LogInAsync(ByPassword(_users[u], _passwords[u]), OfProject(_projects[p]));
            answer.Code.Should().Be(MayLogIn(u) && ProjectStands(p) && _roles.Contains((u, p)) ? 201 : 401, answer.Text);
            Keep(answer, u, p, null);
        }

        private void Keep(Answer answer, int u, int p, ModelCredential? credential)
        {
            if (answer.Code == 201)
            {
                _tokens.Add(new ModelToken(answer.Header("X-Subject-Token"), u, p, credential));
            }
        }

        private async Task RescopeAsync(int which, int p)
        {
            if (_tokens.Count == 0 || _tokens[which % _tokens.Count] is not { Credential: null } token)
            {
                return;
            }

            var answer = await cloud.LogInAsync(ByToken(token.Id), OfProject(_projects[p]));
            answer.Code.Should().Be(IsGood(token) && ProjectStands(p) && _roles.Contains((token.User, p)) ? 201 : 401, answer.Text);
            Keep(answer, token.User, p, null);
        }

        private async Task PasswordAsync(int u)
        {
            var next = Unique("pw");
            var answer = await cloud.PostAsync(
                $"{V}/users/{_users[u]}/password", $$$"""{"user":{"original_password":"{{{_passwords[u]}}}","password":"{{{next}}}"}}""", token: null);
            answer.Code.Should().Be(_userThere[u] && _userEnabled[u] ? 204 : 401, answer.Text);
            if (answer.Code == 204)
            {
                _passwords[u] = next;
                End(token => token.User == u);
            }
        }

        private async Task EnableAsync(int u, bool enabled)
        {
            (await PatchAsync("user", _users[u], enabled)).Should().Be(_userThere[u] ? 200 : 404);
            _userEnabled[u] = enabled;
            End(token => token.User == u && !enabled);
        }

        private async Task EnableProjectAsync(int p, bool enabled)
        {
            (await PatchAsync("project", _projects[p], enabled)).Should().Be(_projectThere[p] ? 200 : 404);
            _projectEnabled[p] = enabled;
            End(token => token.Project == p && !enabled);
        }

        private async Task EnableDomainAsync(bool enabled)
        {
            (await PatchAsync("domain", _domain, enabled)).Should().Be(200);
            _domainEnabled = enabled;
            End(_ => !enabled);
        }

        private async Task<int> PatchAsync(string kind, string id, bool enabled) =>
            (await cloud.SendAsync("PATCH", $"{V}/{kind}s/{id}", $$$"""{"{{{kind}}}":{"enabled":{{{(enabled ? "true" : "false")}}} }}""")).Code;

        private async Task AssignAsync(int u, int p, bool give)
        {
            var code = (await cloud.SendAsync(give ? "PUT" : "DELETE", $"{V}/projects/{_projects[p]}/users/{_users[u]}/roles/{_role}", null)).Code;
            code.Should().Be(_userThere[u] && _projectThere[p] && (give || _roles.Contains((u, p))) ? 204 : 404);
            if (code == 204 && give)
            {
                _roles.Add((u, p));
            }
            else if (code == 204)
            {
                _roles.Remove((u, p));
                EndCredentials(c => c.User == u && c.Project == p);
            }
        }

        private async Task RevokeAsync(int which)
        {
            if (_tokens.Count > 0)
            {
                var token = _tokens[which % _tokens.Count];
                (await cloud.SubjectAsync("DELETE", token.Id, "admin")).Code.Should().Be(IsGood(token) ? 204 : 404);
                token.Ended |= IsGood(token);
            }
        }

        private async Task CredentialAsync(int u, int p)
        {
            if (_tokens.Find(token => token.User == u && token.Project == p && token.Credential is null && IsGood(token)) is not { } token)
            {
                return;
            }

            var answer = await cloud.PostAsync(
                $"{V}/users/{_users[u]}/application_credentials", $$$"""{"application_credential":{"name":"{{{Unique("c")}}}","secret":"s"}}""", token.Id);
            answer.Code.Should().Be(201, answer.Text);
            _credentials.Add(new ModelCredential(answer.Json.GetProperty("application_credential").GetProperty("id").GetString()!, u, p));
        }

        private async Task LogInByCredentialAsync(int which)
        {
            if (_credentials.Count > 0)
            {
                var c = _credentials[which % _credentials.Count];
                var answer = await cloud.LogInAsync(ByCredential(c.Id, "s"));
                answer.Code.Should().Be(!c.Ended && MayLogIn(c.User) && ProjectStands(c.Project) && _roles.Contains((c.User, c.Project)) ? 201 : 401, answer.Text);
                Keep(answer, c.User, c.Project, c);
            }
        }

        private async Task DeleteUserAsync(int u)
        {
            (await cloud.SendAsync("DELETE", $"{V}/users/{_users[u]}", null)).Code.Should().Be(_userThere[u] ? 204 : 404);
            _userThere[u] = false;
            _roles.RemoveWhere(role => role.User == u);
            EndCredentials(c => c.User == u);
        }

        private async Task DeleteProjectAsync(int p)
        {
            (await cloud.SendAsync("DELETE", $"{V}/projects/{_projects[p]}", null)).Code.Should().Be(_projectThere[p] ? 204 : 404);
            _projectThere[p] = false;
            _roles.RemoveWhere(role => role.Project == p);
            EndCredentials(c => c.Project == p);
        }
    }
}
