/* SPDX-License-Identifier: MIT */
/* What two containers from the same flags have in common, by Docker's word. */

/* Nothing is null to one client, [] or {} to another, and the same to Docker. */
function
without_nothing(value)
{
	if (value === null || typeof value !== 'object')
		return value;
	if (Object.keys(value).length === 0)
		return null;
	if (Array.isArray(value))
		return value.map(without_nothing);
	return Object.fromEntries(Object.entries(value)
	    .map(([name, member]) => [name, without_nothing(member)]));
}

/* In any order, since clients have one of their own. */
function
sorted(list, key)
{
	return [...list ?? []].sort((a, b) => a[key] < b[key] ? -1 : 1);
}

/* Of docker inspect: all that was asked for, and no id or time. */
function
essence({ Config, HostConfig, Mounts, NetworkSettings })
{
	const networks = Object.entries(NetworkSettings.Networks ?? {})
	    .map(([name, network]) => [name, { ...network, EndpointID: null }]);

	return without_nothing({
		Config,
		HostConfig: { ...HostConfig,
			Ulimits: sorted(HostConfig.Ulimits, 'Name'),
			Mounts: sorted(HostConfig.Mounts, 'Target') },
		Mounts: sorted(Mounts, 'Destination'),
		Networks: Object.fromEntries(networks),
	});
}

export { essence };
