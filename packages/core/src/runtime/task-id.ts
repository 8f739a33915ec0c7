/** What a task id says: `{id}/{generation}/{part}/{ticket}`, as the machine writes it. */
export function parseTaskId(taskId: string): { id: string; generation: number; part: number } {
  const [id = '', generation, part] = taskId.split('/')
  return { id, generation: Number(generation), part: Number(part) }
}
